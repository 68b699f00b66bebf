import { readFileSync } from 'node:fs';
import {
  CodeActionRequest,
  CodeActionResolveRequest,
  CompletionRequest,
  DefinitionRequest,
  HoverRequest,
  PrepareRenameRequest,
  ReferencesRequest,
  RenameRequest,
  ResponseError,
  TextDocumentEdit,
  type CodeAction,
  type CompletionItem,
  type Diagnostic,
  type Location,
  type TextEdit,
  type WorkspaceEdit,
} from 'vscode-languageserver/node';
import type { ReadSample } from '../../../src/core/dataset/dataset.ts';
import type { CallInRecord } from '../../../src/core/dataset/recordTools.ts';
import type { Sample } from '../../../src/core/dataset/sample.ts';
import type { Span } from '../../../src/core/json/stringMap.ts';
import { checkDataset } from '../../../src/core/rules/checkDataset.ts';
import type { Tally } from './tally.ts';
import { insideOf, labelCalls, ownCalls, type TrialDocument, type TrialRecord } from './trial.ts';

const isWithin = (inner: Span, outer: Span): boolean => outer.start <= inner.start && inner.end <= outer.end;

/** Diagnostics stand in a record, on a text that is there. */
export async function tryDiagnostics(document: TrialDocument, tally: Tally): Promise<readonly Diagnostic[]> {
  const items = await document.diagnostics();
  for (const { range, code } of items) {
    const isThere = document.holds(range) && document.textOf(range) !== '' && document.records.some(({ span }) => isWithin(document.spanOf(range), span));
    tally.expect('diagnostics', isThere, () => `${String(code)} at ${JSON.stringify(range)}`);
  }
  if (items.length === 0) tally.nothing('diagnostics');
  return items;
}

const otherActions = /^(?:Suppress|Disable|Fix all)/;

async function editsOf(document: TrialDocument, action: CodeAction): Promise<TextEdit[] | undefined> {
  const { edit } = action.edit === undefined ? await document.connection.sendRequest(CodeActionResolveRequest.type, action) : action;
  return ownEdits(document, edit);
}

/** Edits of the document itself, those that need no asking. */
function ownEdits(document: TrialDocument, edit: WorkspaceEdit | undefined): TextEdit[] | undefined {
  if (edit?.documentChanges === undefined) return undefined;
  return edit.documentChanges.flatMap((change) => (TextDocumentEdit.is(change) && change.textDocument.uri === document.uri ? change.edits.flatMap((one) => ('newText' in one && !('annotationId' in one) ? [one] : [])) : []));
}

/** Each fix, made and read again: its finding is gone, and other samples are as they were. */
export async function tryFixes(document: TrialDocument, diagnostics: readonly Diagnostic[], tally: Tally, mostOfARule: number): Promise<void> {
  const tried = new Map<string, number>();
  for (const diagnostic of diagnostics) {
    const rule = String(diagnostic.code);
    const times = tried.get(rule) ?? 0;
    if (times >= mostOfARule) continue;
    tried.set(rule, times + 1);
    await tally.try('quick fixes', async () => {
      const actions = await document.connection.sendRequest(CodeActionRequest.type, { textDocument: document.id, range: diagnostic.range, context: { diagnostics: [diagnostic] } });
      const own = (actions ?? []).filter((action): action is CodeAction => 'kind' in action && !otherActions.test(action.title) && action.diagnostics?.[0]?.code === diagnostic.code);
      if (own.length === 0) return tally.nothing('quick fixes');
      for (const action of own) {
        const wrong = await wrongFix(document, diagnostic, action);
        tally.expect('quick fixes', wrong === undefined, () => `${rule}, ${action.title}, line ${diagnostic.range.start.line + 1}: ${wrong ?? ''}`);
      }
    });
  }
}

async function wrongFix(document: TrialDocument, diagnostic: Diagnostic, action: CodeAction): Promise<string | undefined> {
  const edits = await editsOf(document, action);
  if (edits === undefined || edits.length === 0) return 'it makes no edit';
  const at = document.spanOf(diagnostic.range);
  const record = document.records.find(({ span }) => isWithin(at, span));
  if (record === undefined) return 'it stands in no record';
  const text = document.applied(edits);
  const after = document.read(text);
  if (after.problems.length > document.reading.problems.length) return `then there is a problem: ${after.problems.at(-1)?.message ?? ''}`;
  const found = (samples: string, reading: typeof after): number => checkDataset(samples, reading).filter(({ rule }) => rule === diagnostic.code).length;
  const [left, were] = [found(text, after), found(document.text, document.reading)];
  // Of three labels that differ two still do.
  if (left > were || (left === were && diagnostic.code !== 'contradicting-labels')) return 'the finding is still there';
  if (action.title === 'Remove the record') return after.records === document.reading.records - 1 ? undefined : 'not one record less';
  if (!edits.every(({ range }) => isWithin(document.spanOf(range), record.span))) return 'it edits what is outside of the record';
  const label = record.samples.find(({ spans }) => edits.every(({ range }) => isWithin(document.spanOf(range), spans.label)));
  return changedSample(document.reading.samples, after.samples, record.index, label?.step);
}

/** `step`: the sample whose label alone was changed; undefined where tools or messages were. */
function changedSample(before: readonly ReadSample[], after: readonly ReadSample[], record: number, step: number | undefined): string | undefined {
  if (before.length !== after.length) return `${before.length} samples became ${after.length}`;
  for (const [index, { sample, occurrence }] of before.entries()) {
    const now = after[index]?.sample;
    const isOwn = occurrence.record === record;
    if (!isOwn && (now?.id !== sample.id || now.labelHash !== sample.labelHash)) return `a sample of record ${occurrence.record + 1} changed`;
    if (isOwn && step !== undefined && occurrence.step <= step && now?.id !== sample.id) return 'the id of the sample changed';
    if (isOwn && step !== undefined && occurrence.step < step && now?.labelHash !== sample.labelHash) return 'the label of an earlier step changed';
  }
  return undefined;
}

/** Places of a call: its name, and each of its arguments. */
type Place = { readonly what: string; readonly span: Span };

function placesOf(document: TrialDocument, record: TrialRecord, { call, place }: CallInRecord): readonly Place[] {
  const name = insideOf(document, record, place.name);
  const args = Object.keys(call.arguments).flatMap((key): Place[] => {
    const path = place.arguments;
    const [inKey, value] = path === undefined ? [] : [insideOf(document, record, [...path, { key }]), insideOf(document, record, [...path, key])];
    return [...(inKey === undefined ? [] : [{ what: `key ${key}`, span: inKey }]), ...(value === undefined ? [] : [{ what: `value of ${key}`, span: value }])];
  });
  return [...(name === undefined ? [] : [{ what: 'name', span: name }]), ...args];
}

export async function tryHovers(document: TrialDocument, tally: Tally): Promise<void> {
  for (const record of document.records) {
    const isLabel = new Set(labelCalls(record));
    for (const call of ownCalls(record)) {
      const ability = isLabel.has(call) ? 'hover on a call' : 'hover on a call of the context';
      for (const { what, span } of placesOf(document, record, call)) await tally.try(ability, () => tryHover(document, tally, ability, `${what} of ${call.call.name}, record ${record.index + 1}`, span.start));
    }
    for (const { tool, places } of record.parts.tools.slice(0, 3)) {
      const span = insideOf(document, record, places.name);
      if (span !== undefined) await tally.try('hover on a tool', () => tryHover(document, tally, 'hover on a tool', `${tool.name}, record ${record.index + 1}`, span.start));
    }
    await tally.try('card of a sample', () => tryHover(document, tally, 'card of a sample', `record ${record.index + 1}`, record.span.start));
  }
}

async function tryHover(document: TrialDocument, tally: Tally, ability: string, what: string, offset: number): Promise<void> {
  const hover = await document.connection.sendRequest(HoverRequest.type, document.at(offset));
  if (hover === null) return tally.fail(ability, `nothing on ${what}`);
  const value = typeof hover.contents === 'object' && 'value' in hover.contents ? hover.contents.value : '';
  const isThere = hover.range !== undefined && document.holds(hover.range) && isWithin({ start: offset, end: offset }, document.spanOf(hover.range));
  tally.expect(ability, value.trim() !== '' && isThere, () => `${what}: ${JSON.stringify(hover).slice(0, 200)}`);
}

/** Inside of each argument's value, and of the call's name. The first offer, taken, leaves a record that can be read, with the same samples. */
export async function tryCompletion(document: TrialDocument, tally: Tally): Promise<void> {
  for (const record of document.records) {
    for (const call of labelCalls(record)) {
      for (const { what, span } of placesOf(document, record, call)) {
        const ability = what === 'name' ? 'completion of tools' : what.startsWith('key') ? 'completion of arguments' : 'completion of values';
        await tally.try(ability, async () => {
          // Keys somebody has begun to write.
          const cursor = what.startsWith('key') ? Math.min(span.end, span.start + 1) : span.start;
          const answer = await document.connection.sendRequest(CompletionRequest.type, document.at(cursor));
          const [first] = Array.isArray(answer) ? answer : (answer?.items ?? []);
          if (first === undefined) return tally.nothing(ability);
          const wrong = wrongOffer(document, record, first);
          tally.expect(ability, wrong === undefined, () => `${what} of ${call.call.name}, record ${record.index + 1}, ${JSON.stringify(first.textEdit)}: ${wrong ?? ''}`);
        });
      }
    }
  }
}

function wrongOffer(document: TrialDocument, record: TrialRecord, { textEdit }: CompletionItem): string | undefined {
  if (textEdit === undefined || !('range' in textEdit)) return 'no edit';
  if (!document.holds(textEdit.range) || !isWithin(document.spanOf(textEdit.range), record.span)) return 'it is not in the record';
  const after = document.read(document.applied([textEdit]));
  if (after.problems.length > document.reading.problems.length) return `then there is a problem: ${after.problems.at(-1)?.message ?? ''}`;
  if (after.samples.length !== document.reading.samples.length) return `${document.reading.samples.length} samples became ${after.samples.length}`;
  const changed = after.samples.filter(({ sample }, index) => sample.label.kind !== document.reading.samples[index]?.sample.label.kind);
  return changed.length === 0 ? undefined : `a label became ${changed[0]?.sample.label.kind ?? ''}`;
}

function locations(answer: unknown): readonly Location[] {
  return Array.isArray(answer) ? (answer as Location[]) : [];
}

export async function tryDefinitions(document: TrialDocument, tally: Tally): Promise<void> {
  for (const record of document.records) {
    for (const { call, place } of ownCalls(record)) {
      const name = insideOf(document, record, place.name);
      if (name === undefined) continue;
      const defined = record.parts.tools.filter(({ tool }) => tool.name === call.name).flatMap(({ places }) => (places.name === undefined ? [] : (record.locator.locate(places.name)?.span ?? [])));
      const isKnown = record.samples.some(({ sample }) => sample.tools.some((tool) => tool.name === call.name));
      await tally.try('definition', async () => {
        const found = locations(await document.connection.sendRequest(DefinitionRequest.type, document.at(name.start)));
        if (!isKnown) return tally.nothing('definition');
        if (defined.length === 0) {
          const [elsewhere] = found;
          const line = elsewhere === undefined || elsewhere.uri === document.uri ? '' : (readFileSync(new URL(elsewhere.uri), 'utf8').split('\n')[elsewhere.range.start.line] ?? '');
          return tally.expect('definition in another file', line.includes(`"${call.name}"`), () => `of ${call.name}, record ${record.index + 1}: ${JSON.stringify(found)}`);
        }
        const isThere = found.some(({ uri, range }) => uri === document.uri && defined.some((span) => isWithin(document.spanOf(range), span)));
        tally.expect('definition', isThere, () => `of ${call.name}, record ${record.index + 1}: ${JSON.stringify(found)}`);
      });
      await tally.try('references', async () => {
        const found = locations(await document.connection.sendRequest(ReferencesRequest.type, { ...document.at(name.start), context: { includeDeclaration: true } }));
        const includes = found.some(({ uri, range }) => uri === document.uri && isWithin(name, document.spanOf(range)));
        tally.expect('references', includes, () => `of ${call.name}, record ${record.index + 1}: ${found.length}`);
      });
    }
  }
}

/** Names of tools and calls of a sample, with everything else that is said of them. */
function said({ tools, messages, label }: Sample): string {
  return JSON.stringify({ tools, messages, label });
}

/** Of the first tools that are called: names change, and nothing else; or it is said why not. */
export async function tryRename(document: TrialDocument, tally: Tally, most: number): Promise<void> {
  const tried = new Set<string>();
  for (const record of document.records) {
    for (const { call, place } of ownCalls(record)) {
      const name = insideOf(document, record, place.name);
      if (name === undefined || tried.has(call.name) || tried.size >= most) continue;
      tried.add(call.name);
      await tally.try('rename', async () => {
        const wrong = await wrongRename(document, call.name, name);
        if (wrong?.startsWith('Not renamed: ') === true) tally.refused('rename', wrong);
        else tally.expect('rename', wrong === undefined, () => `of ${call.name}, record ${record.index + 1}: ${wrong ?? ''}`);
      });
    }
  }
}

async function wrongRename(document: TrialDocument, name: string, span: Span): Promise<string | undefined> {
  const { connection } = document;
  const newName = 'renamedTool1';
  const prepared = await connection.sendRequest(PrepareRenameRequest.type, document.at(span.start));
  if (prepared === null || !('placeholder' in prepared) || prepared.placeholder !== name) return `not prepared: ${JSON.stringify(prepared)}`;
  let edit: WorkspaceEdit | null;
  try {
    edit = await connection.sendRequest(RenameRequest.type, { ...document.at(span.start), newName });
  } catch (error) {
    return error instanceof ResponseError && error.message.startsWith('Not renamed: ') ? error.message : String(error);
  }
  const edits = ownEdits(document, edit ?? undefined) ?? [];
  if (edits.length === 0) return 'it makes no edit';
  const text = document.applied(edits);
  const after = document.read(text);
  if (after.problems.length > document.reading.problems.length) return `then there is a problem: ${after.problems.at(-1)?.message ?? ''}`;
  if (text.replaceAll(newName, name) !== document.text) return 'more than the name changed in the text';
  const { samples } = document.reading;
  if (after.samples.length !== samples.length) return `${samples.length} samples became ${after.samples.length}`;
  const differs = samples.findIndex(({ sample }, index) => {
    const now = after.samples[index]?.sample;
    return now === undefined || said(now).replaceAll(newName, name) !== said(sample);
  });
  if (differs >= 0) return `sample ${differs + 1} differs in more than the name`;
  const left = after.samples.flatMap(({ sample }) => (sample.label.kind === 'calls' ? sample.label.calls.filter((call) => call.name === name) : []));
  return left.length === 0 ? undefined : `${left.length} calls still have the old name`;
}
