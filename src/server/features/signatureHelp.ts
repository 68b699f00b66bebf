import { MarkupKind, type SignatureHelp } from 'vscode-languageserver/node';
import { newKey } from '../../core/cursor/repairs.ts';
import { signatureOf } from '../../core/schema/signature.ts';
import { plainText } from '../../core/text/markdown.ts';
import { visibleText } from '../../core/text/visibleText.ts';
import { argumentText } from '../argumentTexts.ts';
import { cursorAt } from '../dataset/cursorAt.ts';
import type { OpenDataset } from '../dataset/openDataset.ts';
import { targetAt, type ArgumentTarget } from '../dataset/targetAt.ts';
import type { Feature } from '../feature.ts';
import { callOfLabel, toolOfCall } from '../labelCalls.ts';

/** The tool's signature while its arguments are written, with the one at the cursor marked. */
export const signatureHelp: Feature = {
  capabilities: { signatureHelpProvider: { triggerCharacters: ['{', '(', ','], retriggerCharacters: ['"', ':', '='] } },
  register: ({ connection, dataset }) => {
    connection.onSignatureHelp(({ textDocument, position }) => {
      const open = dataset(textDocument.uri);
      return open === undefined ? null : (helpAt(open, open.document.offsetAt(position)) ?? null);
    });
  },
};

function helpAt(dataset: OpenDataset, offset: number): SignatureHelp | undefined {
  const target = writtenAt(dataset, offset);
  const tool = target && toolOfCall(target);
  if (target === undefined || tool === undefined) return undefined;
  // Offsets of parameters count characters of the label, which stays as it is but for what cannot be seen.
  const { label, parameters } = signatureOf(tool);
  const given = callOfLabel(target)?.arguments ?? {};
  const isActive = target.path[0] === newKey ? (name: string) => !Object.hasOwn(given, name) : (name: string) => name === target.path[0];
  const active = parameters.findIndex(({ facts }) => isActive(facts.name));
  const hasHidden = visibleText(label) !== label;
  return {
    signatures: [
      {
        label: visibleText(label),
        ...(tool.description === undefined ? {} : { documentation: { kind: MarkupKind.Markdown, value: plainText(tool.description) } }),
        parameters: parameters.map(({ start, end, facts }) => ({ label: hasHidden ? visibleText(label.slice(start, end)) : [start, end], documentation: { kind: MarkupKind.Markdown, value: argumentText(facts) } })),
      },
    ],
    activeSignature: 0,
    // An index behind the last parameter marks none.
    activeParameter: active < 0 ? parameters.length : active,
  };
}

function writtenAt(dataset: OpenDataset, offset: number): ArgumentTarget | undefined {
  const cursor = cursorAt(dataset, offset);
  if (cursor !== undefined) return cursor.target.kind === 'argument' ? cursor.target : undefined;
  const record = dataset.recordAt(offset);
  const target = record && targetAt(record, offset);
  return target?.kind === 'argument' ? target : undefined;
}
