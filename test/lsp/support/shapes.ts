import {
  CodeLensRequest,
  DocumentLinkRequest,
  DocumentSymbolRequest,
  FoldingRangeRequest,
  InlayHintRequest,
  SelectionRangeRequest,
  SemanticTokensRequest,
  SignatureHelpRequest,
  type DocumentSymbol,
  type Range,
  type SelectionRange,
} from 'vscode-languageserver/node';
import { conversationMethod, conversationResultSchema } from '../../../src/protocol/lsp/conversation.ts';
import { datasetStatusSchema } from '../../../src/protocol/lsp/datasetStatus.ts';
import { openLabelMethod, openLabelResultSchema, saveLabelMethod, saveLabelResultSchema } from '../../../src/protocol/lsp/labelDocument.ts';
import { statusMethod } from '../../../src/protocol/lsp/methods.ts';
import type { Tally } from './tally.ts';
import { insideOf, labelCalls, ownCalls, type TrialDocument } from './trial.ts';

function isInside(document: TrialDocument, inner: Range, outer: Range): boolean {
  const [a, b] = [document.spanOf(inner), document.spanOf(outer)];
  return b.start <= a.start && a.end <= b.end;
}

export async function tryOutline(document: TrialDocument, tally: Tally): Promise<void> {
  const symbols = ((await document.connection.sendRequest(DocumentSymbolRequest.type, { textDocument: document.id })) ?? []) as DocumentSymbol[];
  const wrong: string[] = [];
  const visit = (children: readonly DocumentSymbol[], parent: Range | undefined): void => {
    let end = -1;
    for (const { name, range, selectionRange, children: own = [] } of children) {
      if (!document.holds(range) || !document.holds(selectionRange) || !isInside(document, selectionRange, range)) wrong.push(`range of ${name}`);
      if (parent !== undefined && !isInside(document, range, parent)) wrong.push(`${name} is outside of what holds it`);
      if (parent === undefined && document.spanOf(range).start < end) wrong.push(`${name} is not behind the one before`);
      if (name === '') wrong.push('no name');
      end = document.spanOf(range).end;
      visit(own, range);
    }
  };
  visit(symbols, undefined);
  tally.expect('outline', wrong.length === 0 && symbols.length >= document.records.length, () => wrong[0] ?? `${symbols.length} entries of ${document.records.length} records`);
}

export async function tryFolding(document: TrialDocument, tally: Tally): Promise<void> {
  const ranges = (await document.connection.sendRequest(FoldingRangeRequest.type, { textDocument: document.id })) ?? [];
  const lines = document.text.split(/\r\n|\r|\n/).length;
  const open: number[] = [];
  let isNested = true;
  for (const { startLine, endLine } of [...ranges].sort((a, b) => a.startLine - b.startLine || b.endLine - a.endLine)) {
    while (open.length > 0 && (open.at(-1) ?? 0) < startLine) open.pop();
    isNested &&= open.length === 0 || endLine <= (open.at(-1) ?? 0);
    open.push(endLine);
  }
  if (ranges.length === 0) return tally.nothing('folding');
  tally.expect('folding', isNested && ranges.every(({ startLine, endLine }) => startLine < endLine && endLine < lines), () => JSON.stringify(ranges).slice(0, 300));
}

export async function trySelection(document: TrialDocument, tally: Tally): Promise<void> {
  const offsets = document.records.flatMap((record) => [record.span.start, ...ownCalls(record).flatMap(({ place }) => insideOf(document, record, place.name)?.start ?? [])]);
  const found = (await document.connection.sendRequest(SelectionRangeRequest.type, { textDocument: document.id, positions: offsets.map((offset) => document.at(offset).position) })) ?? [];
  if (found.length !== offsets.length) return tally.fail('selection', `${found.length} answers to ${offsets.length} positions`);
  for (const [index, range] of found.entries()) {
    const at = offsets[index] ?? 0;
    let isNested = true;
    for (let one: SelectionRange | undefined = range; one !== undefined; one = one.parent) {
      const { start, end } = document.spanOf(one.range);
      isNested &&= document.holds(one.range) && start <= at && at <= end && (one.parent === undefined || isInside(document, one.range, one.parent.range));
    }
    tally.expect('selection', isNested, () => `at ${at}: ${JSON.stringify(range).slice(0, 300)}`);
  }
}

export async function tryTokens(document: TrialDocument, tally: Tally): Promise<void> {
  const tokens = await document.connection.sendRequest(SemanticTokensRequest.type, { textDocument: document.id });
  const lines = document.text.split(/\r\n|\r|\n/);
  const data = tokens?.data ?? [];
  let [line, character, end, isRight] = [0, 0, 0, data.length % 5 === 0];
  for (let at = 0; at < data.length; at += 5) {
    const [down = 0, right = 0, length = 0] = data.slice(at, at + 3);
    line += down;
    character = down === 0 ? character + right : right;
    isRight &&= length > 0 && (down > 0 || character >= end || at === 0) && character + length <= (lines[line]?.length ?? -1);
    end = character + length;
  }
  if (data.length === 0) return tally.nothing('semantic tokens');
  tally.expect('semantic tokens', isRight, () => `up to ${line}:${character}`);
}

/** Requests whose answers are about places: all of them are in the text. */
export async function tryPlaces(document: TrialDocument, tally: Tally): Promise<void> {
  const { connection } = document;
  const all = { start: document.at(0).position, end: document.at(document.text.length).position };
  await tally.try('code lenses', async () => {
    const lenses = (await connection.sendRequest(CodeLensRequest.type, { textDocument: document.id })) ?? [];
    tally.expect('code lenses', lenses.length > 0 && lenses.every(({ range }) => document.holds(range)), () => JSON.stringify(lenses).slice(0, 200));
  });
  await tally.try('document links', async () => {
    const links = (await connection.sendRequest(DocumentLinkRequest.type, { textDocument: document.id })) ?? [];
    if (links.length === 0) return tally.nothing('document links');
    tally.expect('document links', links.every(({ range }) => document.holds(range) && document.textOf(range) !== ''), () => JSON.stringify(links).slice(0, 200));
  });
  await tally.try('inlay hints', async () => {
    const hints = (await connection.sendRequest(InlayHintRequest.type, { textDocument: document.id, range: all })) ?? [];
    if (hints.length === 0) return tally.nothing('inlay hints');
    tally.expect('inlay hints', hints.every(({ position }) => document.holds({ start: position, end: position })), () => JSON.stringify(hints).slice(0, 200));
  });
  await tally.try('status', async () => {
    const status = datasetStatusSchema.parse(await connection.sendRequest(statusMethod, document.id));
    tally.expect('status', status.dialect?.id === document.reading.dialect && status.records === document.reading.records, () => JSON.stringify(status));
  });
}

export async function trySignatures(document: TrialDocument, tally: Tally): Promise<void> {
  for (const record of document.records) {
    for (const { call, place } of labelCalls(record)) {
      const [key] = Object.keys(call.arguments);
      const span = key === undefined || place.arguments === undefined ? undefined : insideOf(document, record, [...place.arguments, key]);
      if (span === undefined) continue;
      await tally.try('signature help', async () => {
        const help = await document.connection.sendRequest(SignatureHelpRequest.type, document.at(span.start));
        const isKnown = record.samples.some(({ sample }) => sample.tools.some(({ name }) => name === call.name));
        if (!isKnown) return tally.nothing('signature help');
        const [signature] = help?.signatures ?? [];
        tally.expect('signature help', signature?.label.includes(call.name) === true, () => `of ${call.name}, record ${record.index + 1}: ${JSON.stringify(help).slice(0, 200)}`);
      });
    }
  }
}

export async function tryConversations(document: TrialDocument, tally: Tally): Promise<void> {
  for (const record of document.records) {
    await tally.try('conversation', async () => {
      const shown = conversationResultSchema.parse(await document.connection.sendRequest(conversationMethod, document.at(record.span.start)));
      const lines = shown?.text.split('\n').length ?? 0;
      const isRight = shown !== null && shown.record === record.index && shown.marks.length > 0 && shown.line < lines && shown.labels.length > 0 && shown.marks.every(({ line, range }) => line < lines && (range === undefined || (document.holds(range) && document.textOf(range) !== '')));
      tally.expect('conversation', isRight, () => `record ${record.index + 1}: ${JSON.stringify(shown).slice(0, 200)}`);
    });
  }
}

/** Opened and saved as it was there is no edit; with another value the sample is the same, with the label that was promised. */
export async function tryLabels(document: TrialDocument, tally: Tally): Promise<void> {
  for (const record of document.records) {
    const steps = record.samples.map(({ step }) => step);
    for (const step of new Set([steps[0], steps.at(-1)])) {
      await tally.try('edit label', async () => {
        const wrong = await wrongLabel(document, record.index, step);
        if (wrong?.startsWith('refused: ') === true) tally.refused('edit label', wrong);
        else tally.expect('edit label', wrong === undefined, () => `record ${record.index + 1}, step ${step ?? '-'}: ${wrong ?? ''}`);
      });
    }
  }
}

async function wrongLabel(document: TrialDocument, index: number, wanted: number | undefined): Promise<string | undefined> {
  const { connection } = document;
  const opened = openLabelResultSchema.parse(await connection.sendRequest(openLabelMethod, { textDocument: document.id, at: index, step: wanted }));
  if (!opened.ok) return `refused: ${opened.message}`;
  const { sampleId, labelHash, record, step } = opened;
  const save = async (text: string) => saveLabelResultSchema.parse(await connection.sendRequest(saveLabelMethod, { textDocument: document.id, sampleId, labelHash, record, step, text }));
  const same = await save(opened.text);
  if (!same.ok) return `the label as it is cannot be saved: ${same.message}`;
  if (document.applied(same.edits) !== document.text || same.labelHash !== labelHash) return 'saving the label as it is changes something';
  const text = changedLabel(opened.text);
  const saved = await save(text);
  if (!saved.ok) return /cannot hold this label/.test(saved.message) ? `refused: ${saved.message}` : `not saved: ${saved.message}`;
  const after = document.read(document.applied(saved.edits));
  if (after.problems.length > document.reading.problems.length) return `then there is a problem: ${after.problems.at(-1)?.message ?? ''}`;
  const now = after.samples.find(({ occurrence }) => occurrence.record === index && occurrence.step === step)?.sample;
  if (now?.id !== sampleId) return 'the id of the sample changed';
  if (now.labelHash !== saved.labelHash) return `the label is not the one that was promised: ${JSON.stringify(now.label).slice(0, 200)} for ${text.slice(0, 200)}`;
  const others = document.reading.samples.filter(({ occurrence }) => occurrence.record !== index).map(({ sample }) => sample.id + sample.labelHash);
  const othersNow = after.samples.filter(({ occurrence }) => occurrence.record !== index).map(({ sample }) => sample.id + sample.labelHash);
  return JSON.stringify(others) === JSON.stringify(othersNow) ? undefined : 'other samples changed';
}

const surprise = 'Tromsø "north" \\ 𝄞\nline';

/** Another value of the first argument, or another text. */
function changedLabel(text: string): string {
  const label = JSON.parse(text) as { kind: string; text?: string; calls?: { arguments?: Record<string, unknown> }[] };
  const [call] = label.calls ?? [];
  if (label.kind === 'text') label.text = `${label.text ?? ''} And ${surprise}.`;
  else if (call !== undefined) call.arguments = { ...call.arguments, [Object.keys(call.arguments ?? {})[0] ?? 'added']: surprise };
  else return JSON.stringify({ kind: 'text', text: surprise });
  return JSON.stringify(label);
}
