import { CodeActionKind, type CodeActionParams, type Diagnostic } from 'vscode-languageserver/node';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { DecisionState } from '../../core/review/decisionState.ts';
import type { Span } from '../../core/json/stringMap.ts';
import { spanOfPart } from '../../core/rules/places.ts';
import { rules } from '../../core/rules/rules.generated.ts';
import type { FixAllArguments } from '../../protocol/lsp/fixes.ts';
import type { OpenDataset } from '../dataset/openDataset.ts';
import type { RecordView } from '../dataset/recordView.ts';
import type { ServerContext } from '../feature.ts';
import { quickFix, type Draft } from './draft.ts';
import { contradicting, fixDrafts, otherLabelDrafts, removalDraft } from './findingActions.ts';
import { fixAllCommand, type FixAll } from './fixAll.ts';
import type { LabelSources } from './labelSources.ts';
import { hitsOf, possibleFixes, type PlacedHit } from './recordActions.ts';
import { resultDrafts } from './resultActions.ts';
import { suppressDrafts } from './suppressActions.ts';
import { pathOf } from '../projects.ts';

export const fixAllKind = `${CodeActionKind.SourceFixAll}.looptool`;

/** More records than this at once are a selection of the whole file, for which fix-all is there. */
const mostRecords = 20;
/** Findings of a record that are offered at its first column. */
const mostAtStart = 8;

export type ActionServices = { readonly server: ServerContext; readonly sources: LabelSources; readonly fixAll: FixAll };
type Request = ActionServices & { readonly dataset: OpenDataset; readonly params: CodeActionParams; readonly decisions: DecisionState | undefined };

/** Everything that can be done at a range. Whatever the record holds, it never throws. */
export function codeActionDrafts(request: Request): readonly Draft[] {
  const { dataset, params, fixAll } = request;
  const drafts: Draft[] = [];
  if (wants(params, CodeActionKind.QuickFix)) {
    for (const { record, at } of recordsAt(dataset, params)) drafts.push(...recordDrafts(request, record, at));
  }
  if (params.context.only?.some((kind) => isWithin(fixAllKind, kind)) === true) {
    drafts.push({ action: { title: 'Make all safe fixes (LoopTool)', kind: fixAllKind }, make: () => fixAll.inFile(dataset, undefined) });
  }
  return drafts.map((draft) => ofThisVersion(request, draft));
}

/** Edits of a text that has changed since are none. */
function ofThisVersion({ server, dataset }: Request, { action, make }: Draft): Draft {
  const { uri, document } = dataset;
  const { version } = document;
  return make === undefined ? { action } : { action, make: () => (server.dataset(uri)?.document === document && document.version === version ? make() : undefined) };
}

/** Without a wish, everything but what is done to whole files. */
function wants({ context: { only } }: CodeActionParams, kind: string): boolean {
  return only === undefined || only.some((one) => isWithin(kind, one));
}

function isWithin(kind: string, wanted: string): boolean {
  return kind === wanted || kind.startsWith(`${wanted}.`) || wanted === '';
}

/** `at` is undefined at the first column: then the whole record is meant. */
type RecordAt = { readonly record: RecordView; readonly at: Span | undefined };

function recordsAt(dataset: OpenDataset, { range }: CodeActionParams): readonly RecordAt[] {
  const { document } = dataset;
  const at = { start: document.offsetAt(range.start), end: document.offsetAt(range.end) };
  const isFirstColumn = at.start === at.end && range.start.character === 0;
  // In a list records are indented.
  const { first, count } = dataset.recordsIn(at.start, isFirstColumn ? at.end + indentation(document, at.start) : at.end);
  const found: RecordAt[] = [];
  for (let index = first; index < first + Math.min(count, mostRecords); index += 1) {
    const record = dataset.record(index);
    if (record === undefined) continue;
    const isStart = isFirstColumn && record.dialect.unit !== 'file' && record.span.start >= at.start;
    if (isStart || !isFirstColumn || record.span.start < at.start) found.push({ record, at: isStart ? undefined : at });
  }
  return found;
}

function indentation(document: TextDocument, offset: number): number {
  const ahead = document.getText({ start: document.positionAt(offset), end: document.positionAt(offset + 64) });
  return /^[ \t[,]*/.exec(ahead)?.[0].length ?? 0;
}

function recordDrafts(request: Request, record: RecordView, at: Span | undefined): readonly Draft[] {
  const { server, dataset, params, sources } = request;
  const project = server.projectOf(dataset.uri);
  const hits = hitsOf(record, project, pathOf(dataset.uri)).filter(({ range }) => at === undefined || touch(range, at)).slice(0, at === undefined ? mostAtStart : undefined);
  const fixes: Draft[] = [];
  const others = new Others();
  const offered = new Set<string>();
  for (const placed of hits) {
    const { hit, read } = placed;
    const told = params.context.diagnostics.filter((one) => isOf(one, placed, dataset.document));
    fixes.push(...fixDrafts(server, dataset, placed, told, sources, offered));
    others.addFixAll(hit.rule, () => fixAllDrafts(request, placed, told));
    others.addSuppression(`${hit.rule} ${read.sample.id}`, () => suppressDrafts(server, dataset, { rule: hit.rule, record, sampleId: read.sample.id, diagnostics: told }));
  }
  for (const diagnostic of params.context.diagnostics) {
    const rule = ofDatasetRule(diagnostic);
    const sampleId = sampleIdOf(diagnostic) ?? record.samples[0]?.sample.id;
    if (rule === undefined || sampleId === undefined) continue;
    const removed = removalDraft(server, dataset, record, rule, [diagnostic]);
    if (removed !== undefined) fixes.push(removed);
    if (rule === contradicting) fixes.push(...otherLabelDrafts(server, dataset, record, sampleId, [diagnostic], sources));
    others.addSuppression(`${rule} ${sampleId}`, () => suppressDrafts(server, dataset, { rule, record, sampleId, diagnostics: [diagnostic] }));
  }
  return [...fixes, ...resultsAt(request, record, at), ...others.all()];
}

/** Comes after the fixes, each once. */
class Others {
  private readonly fixAlls = new Map<string, readonly Draft[]>();
  private readonly suppressions = new Map<string, readonly Draft[]>();

  addFixAll(rule: string, drafts: () => readonly Draft[]): void {
    if (!this.fixAlls.has(rule)) this.fixAlls.set(rule, drafts());
  }

  addSuppression(key: string, drafts: () => readonly Draft[]): void {
    if (!this.suppressions.has(key)) this.suppressions.set(key, drafts());
  }

  all(): readonly Draft[] {
    return [...this.fixAlls.values(), ...this.suppressions.values()].flat();
  }
}

function fixAllDrafts({ server, dataset, fixAll }: Request, placed: PlacedHit, diagnostics: readonly Diagnostic[]): readonly Draft[] {
  const { rule } = placed.hit;
  const [only, ...more] = possibleFixes(placed);
  if (only === undefined || (more.length > 0 && !only.safe)) return [];
  const found = countOf(dataset, rule);
  if (found !== undefined && found < 2) return datasetDraft(server, dataset, rule, only.safe);
  const title = `Fix all${found === undefined ? '' : ` ${found}`} of ${rule} in this file${only.safe ? '' : ' (look at each)'}`;
  return [
    { action: quickFix(title, diagnostics), make: () => fixAll.inFile(dataset, rule) },
    ...datasetDraft(server, dataset, rule, only.safe),
  ];
}

function datasetDraft(server: ServerContext, { uri }: OpenDataset, rule: string, safe: boolean): readonly Draft[] {
  if (server.projectOf(uri)?.config === undefined || server.client.workspace?.applyEdit !== true) return [];
  const title = `Fix all of ${rule} in the dataset${safe ? '' : ' (look at each)'}`;
  const argument: FixAllArguments = { uri, rule, scope: 'dataset' };
  return [{ action: { ...quickFix(title), command: { title, command: fixAllCommand, arguments: [argument] } } }];
}

const counts = new WeakMap<object, Map<string, number>>();

/** Findings of a rule in the document; undefined while it is being checked. */
function countOf({ findings }: OpenDataset, rule: string): number | undefined {
  if (findings === undefined) return undefined;
  let known = counts.get(findings);
  if (known === undefined) {
    known = new Map<string, number>();
    counts.set(findings, known);
    for (const finding of findings) known.set(finding.rule, (known.get(finding.rule) ?? 0) + 1);
  }
  return known.get(rule) ?? 0;
}

/** On the call or the label, and at the first column. */
function resultsAt({ server, dataset, decisions, sources }: Request, record: RecordView, at: Span | undefined): readonly Draft[] {
  return record.samples.flatMap((read) => {
    const isThere = at === undefined || touch(record.toDocument(spanOfPart(record.locator, read, { part: 'label' })), at);
    return isThere ? resultDrafts(server, dataset, record, read, decisions, sources) : [];
  });
}

function touch(a: Span, b: Span): boolean {
  return a.start <= b.end && b.start <= a.end;
}

function isOf({ source, code, range }: Diagnostic, { hit, range: own }: PlacedHit, document: TextDocument): boolean {
  return source === 'looptool' && code === hit.rule && document.offsetAt(range.start) === own.start && document.offsetAt(range.end) === own.end;
}

function ofDatasetRule({ source, code }: Diagnostic): string | undefined {
  return source === 'looptool' ? rules.find(({ id, scope }) => id === code && scope === 'dataset')?.id : undefined;
}

function sampleIdOf({ data }: Diagnostic): string | undefined {
  const { sampleId } = (typeof data === 'object' && data !== null ? data : {}) as { readonly sampleId?: unknown }; // What this server put there, through the editor.
  return typeof sampleId === 'string' ? sampleId : undefined;
}
