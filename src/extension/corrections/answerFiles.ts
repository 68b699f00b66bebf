import { workspace, type TextDocument } from 'vscode';
import type { FileCorrections } from '../../app/corrections.ts';
import type { RefusedCorrection } from '../../app/review/labelChange.ts';
import { AnswerUses, sharedAnswer, type AnswerCorrection } from '../../app/review/answerCorrections.ts';
import { answersPath } from '../../app/review/answersPlan.ts';
import type { Companions } from '../../core/dataset/companions.ts';
import type { PreviewedFile } from './pendingCorrections.ts';

type Owner = { readonly file: string; readonly answers?: string; readonly corrections: FileCorrections['corrections'] };

/** The datasets whose labels a file holds: itself, or those that are read with it. */
export function ownersOf({ plan: { file, corrections }, owners }: PreviewedFile): readonly Owner[] {
  return owners ?? [{ file, corrections }];
}

/** The files with the answers of a dataset, by their path relative to its folder. What the editor cannot open is left out. */
export async function openAnswers(path: string, { answers }: Companions): Promise<ReadonlyMap<string, TextDocument>> {
  const documents = new Map<string, TextDocument>();
  for (const { path: name } of answers) {
    try {
      documents.set(name, await workspace.openTextDocument(answersPath(path, name)));
    } catch {
      // The plan says of each label that it could not be read there.
    }
  }
  return documents;
}

type Beside = { readonly path: string; readonly document: TextDocument; readonly file: string; readonly answers: string; readonly corrections: readonly AnswerCorrection[] };

/** Gathers the files with answers: each is edited once, whatever datasets are read with it. */
export class BesideFiles {
  private readonly uses = new AnswerUses();
  private readonly beside: Beside[] = [];

  add(datasetPath: string, { file, answers, uses }: FileCorrections, documents: ReadonlyMap<string, TextDocument>): void {
    this.uses.addAll(uses, (name) => answersPath(datasetPath, name));
    for (const { file: name, corrections } of answers) {
      const document = documents.get(name);
      if (document !== undefined) this.beside.push({ path: answersPath(datasetPath, name), document, file, answers: name, corrections });
    }
  }

  files(): readonly PreviewedFile[] {
    const byDocument = new Map<TextDocument, Beside[]>();
    for (const one of this.beside) byDocument.set(one.document, [...(byDocument.get(one.document) ?? []), one]);
    return [...byDocument].map(([document, all]) => {
      const refused: RefusedCorrection[] = [];
      const owners = all.map(({ path, file, answers, corrections }) => {
        const shared = corrections.filter(({ answers: { record } }) => this.uses.isShared(path, record));
        refused.push(...shared.map(sharedAnswer));
        return { file, answers, corrections: corrections.filter((one) => !shared.includes(one)) };
      });
      // The same sample in two datasets has the one answer.
      const corrections = [...new Map(owners.flatMap((owner) => owner.corrections.map((correction) => [correction.answers.record, correction] as const))).values()];
      return {
        path: document.uri.fsPath,
        version: document.version,
        plan: { file: all[0]?.answers ?? '', corrections: corrections.sort((a, b) => a.answers.record - b.answers.record), refused, applied: [], answers: [], uses: this.uses },
        owners,
      };
    });
  }
}
