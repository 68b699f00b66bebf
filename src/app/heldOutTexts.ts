import { stat } from 'node:fs/promises';
import type { Occurrence, Sample } from '../core/dataset/sample.ts';
import { isLoopToolError } from '../core/errors.ts';
import type { ProjectFiles, RoundFiles } from '../node/projectFiles.ts';
import { readPlacedHeldOut, type CorpusSample } from './project.ts';
import { lastUserText } from './sampleTitle.ts';

export type HeldOutText = { readonly title: string; readonly occurrence: Occurrence };

/**
 * What a round's held-out samples say, and where they stand: no round has a copy of them, so they are read from the files that
 * its manifest names. Titles and places are kept until a file changes; a file that cannot be read leaves its samples nameless.
 */
export class HeldOutTexts {
  #texts: ReadonlyMap<string, HeldOutText> = new Map();
  #version = '';

  constructor(
    private readonly files: ProjectFiles,
    private readonly round: RoundFiles,
  ) {}

  /** By sample id. */
  async load(): Promise<ReadonlyMap<string, HeldOutText>> {
    const version = await this.#look();
    if (version !== this.#version) {
      this.#texts = new Map((await this.#read()).map(({ sample, occurrence }) => [sample.id, { title: lastUserText(sample.messages), occurrence }]));
      this.#version = version;
    }
    return this.#texts;
  }

  /** The sample itself, read anew. */
  async sample(id: string): Promise<Sample | undefined> {
    return (await this.#read()).find(({ sample }) => sample.id === id)?.sample;
  }

  /** Names, times and sizes of the files. */
  async #look(): Promise<string> {
    const manifest = await this.round.readManifest();
    const heldOut = manifest?.config.datasets.heldOut ?? [];
    const versions = heldOut.map(async ({ path }) => {
      const found = await stat(this.files.absolute(path)).catch(() => undefined);
      return `${path}:${found?.mtimeMs ?? 'none'}:${found?.size ?? 0}`;
    });
    return (await Promise.all(versions)).join('|');
  }

  async #read(): Promise<readonly CorpusSample[]> {
    const manifest = await this.round.readManifest();
    if (!manifest) return [];
    const { config } = manifest;
    const sets = config.datasets.heldOut.map(async (entry) => {
      try {
        return [...(await readPlacedHeldOut(this.files, { ...config, datasets: { ...config.datasets, heldOut: [entry] } })).values()].flat();
      } catch (error) {
        if (!isLoopToolError(error)) throw error;
        return [];
      }
    });
    return (await Promise.all(sets)).flat();
  }
}
