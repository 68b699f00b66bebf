import type { ZodType } from 'zod';
import { sampleSchema, type Sample, type TrainRow } from '../../core/dataset/sample.ts';
import { isLoopToolError, LoopToolError } from '../../core/errors.ts';
import { AppendJournal, readJournal } from '../../node/appendJournal.ts';
import { appendLines } from '../../node/appendLines.ts';
import { describeSystemError } from '../../node/atomicFile.ts';
import { acquireLock, type HeldLock } from '../../node/roundLock.ts';
import { makeStateFolder } from '../../node/stateFolder.ts';
import type { AppPorts } from '../ports.ts';
import type { Project } from '../project.ts';
import { newestRound, type Round } from '../round.ts';
import type { Kept } from '../stages/stage.ts';

/** A journal that is as good as empty: its entries are at hand. */
type HeldEntries<T> = Kept<T> & { readonly entries: readonly T[] };

export type ActionStage = 'probe' | 'verify' | 'expand';

/**
 * Where what is asked of one sample is written. A round that is under way, that no job works on and whose set holds the
 * sample with this label takes it into its journals, as its stages would; everything else goes to the scratch journals.
 */
export class ActionHome {
  private constructor(
    private readonly project: Project,
    readonly sample: Sample,
    /** The newest round, whether or not it takes the sample. */
    readonly newest: Round | undefined,
    /** The round's own row of the sample; undefined where the scratch journals are written. */
    readonly row: TrainRow | undefined,
    /** A job works on the newest round at this moment. */
    readonly busy: boolean,
    private readonly lock: HeldLock | undefined,
  ) {}

  /** Holds the newest round until `release`, so that no job begins to work on it meanwhile. */
  static async find(ports: AppPorts, project: Project, sample: Sample, command: string): Promise<ActionHome> {
    const before = await newestRound(project);
    if (before === undefined) return new ActionHome(project, sample, undefined, undefined, false, undefined);
    const lock = await acquireLock(before.files.lock(), command, () => ports.clock.now()).catch((error: unknown) => {
      if (isLoopToolError(error, 'round-locked')) return undefined;
      throw error;
    });
    try {
      // Read again under the lock: a job may have gone on with it until just now.
      const newest = (await newestRound(project)) ?? before;
      const mine = lock !== undefined && newest.number === before.number && !newest.isDone();
      const row = mine ? (await newest.files.readTrainRows()).find(({ id, labelHash }) => id === sample.id && labelHash === sample.labelHash) : undefined;
      return new ActionHome(project, sample, newest, row, lock === undefined, lock);
    } catch (error) {
      await lock?.release();
      throw error;
    }
  }

  /** The round that takes the sample; undefined for the scratch journals. */
  get round(): Round | undefined {
    return this.row === undefined ? undefined : this.newest;
  }

  /** The same sample outside of the round, for what the round has no place for. */
  outside(): ActionHome {
    return new ActionHome(this.project, this.sample, this.newest, undefined, this.busy, this.lock);
  }

  async release(): Promise<void> {
    await this.lock?.release();
  }

  /**
   * Gives `work` the entries to go on from and a way to add to them. A round's are those of its journal; of the scratch
   * journals there are none: whoever asks there asks anew.
   */
  async writing<T, R>(stage: ActionStage, schema: ZodType<T>, work: (kept: HeldEntries<T>) => Promise<R>): Promise<R> {
    const entries: T[] = [];
    const read = () => Promise.resolve(entries);
    if (this.round === undefined) {
      await this.keepSample();
      return await work({
        entries,
        read,
        keep: async (entry) => {
          await this.append(stage, entry);
          entries.push(entry);
        },
      });
    }
    const { journal, reading } = await AppendJournal.open(this.round.files.journal(stage), schema);
    entries.push(...reading.entries);
    try {
      return await work({
        entries,
        read,
        keep: async (entry) => {
          await journal.append(entry as object); // entries are objects
          entries.push(entry);
        },
      });
    } finally {
      await journal.close();
    }
  }

  /** All entries on this sample, of the newest round (where it has the sample at all) and then of the scratch journal. */
  async known<T extends { readonly sampleId: string; readonly labelHash: string }>(stage: ActionStage, schema: ZodType<T>): Promise<{ readonly round: readonly T[]; readonly scratch: readonly T[] }> {
    const mine = async (file: string): Promise<readonly T[]> => (await readJournal(file, schema)).entries.filter(({ sampleId, labelHash }) => sampleId === this.sample.id && labelHash === this.sample.labelHash);
    return { round: this.newest === undefined ? [] : await mine(this.newest.files.journal(stage)), scratch: await mine(this.project.files.scratch(stage)) };
  }

  /** The journals of a round speak of the samples of its set; those outside need the sample beside them. */
  private async keepSample(): Promise<void> {
    await makeStateFolder(this.project.files);
    const file = this.project.files.scratch('samples');
    const { entries } = await readJournal(file, sampleSchema);
    const last = entries.findLast(({ id }) => id === this.sample.id);
    const { id, labelHash, family, tools, messages, label } = this.sample;
    if (last?.labelHash !== labelHash) await this.append('samples', { v: 1, id, labelHash, family, tools, messages, label });
  }

  private async append(name: ActionStage | 'samples', entry: unknown): Promise<void> {
    const file = this.project.files.scratch(name);
    try {
      await appendLines(file, [entry as object]); // entries are objects
    } catch (cause) {
      throw new LoopToolError('write-failed', `The answer could not be written to ${file}: ${describeSystemError(cause)}. Check free space and permissions, then ask again.`, { cause });
    }
  }
}
