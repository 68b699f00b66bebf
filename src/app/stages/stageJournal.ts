import type { ZodType } from 'zod';
import { AppendJournal, readJournal } from '../../node/appendJournal.ts';
import type { BriefLine } from '../../node/briefLine.ts';
import type { Reporter } from '../reporter.ts';
import type { Kept } from './stage.ts';

/**
 * The journal that a stage writes. What is in it is read from the disk when the stage wants it, and not held while
 * requests are under way: memory does not grow with what was answered.
 */
export class StageJournal<T extends object> implements Kept<T> {
  private constructor(
    private readonly path: string,
    private readonly schema: ZodType<T>,
    private readonly brief: BriefLine<T> | undefined,
    private readonly journal: AppendJournal,
    /** What was read when it was opened; given away once, and gone with the first entry. */
    private opened: readonly T[] | undefined,
  ) {}

  static async open<T extends object>(path: string, schema: ZodType<T>, reporter: Pick<Reporter, 'warning'>, brief?: BriefLine<T>): Promise<StageJournal<T>> {
    const { journal, reading } = await AppendJournal.open(path, schema, brief);
    reading.warnings.forEach((warning) => reporter.warning(warning));
    return new StageJournal(path, schema, brief, journal, reading.entries);
  }

  /** All entries that `keep` has resolved for, and those of earlier runs, in the order of the file. */
  readonly read = async (): Promise<readonly T[]> => {
    const { opened } = this;
    this.opened = undefined;
    return opened ?? (await readJournal(this.path, this.schema, this.brief)).entries;
  };

  readonly keep = async (entry: T): Promise<void> => {
    this.opened = undefined;
    await this.journal.append(entry);
  };

  async close(): Promise<void> {
    await this.journal.close();
  }
}
