import { codeActions } from './features/codeActions.ts';
import { codeLenses } from './features/codeLenses.ts';
import { completion } from './features/completion.ts';
import { conversation } from './features/conversation.ts';
import { datasetStatus } from './features/datasetStatus.ts';
import { definition } from './features/definition.ts';
import { documentLinks } from './features/documentLinks.ts';
import { documentSymbols } from './features/documentSymbols.ts';
import { folding } from './features/folding.ts';
import { hover } from './features/hover.ts';
import { inlayHints } from './features/inlayHints.ts';
import { labelDocument } from './features/labelDocument.ts';
import { references } from './features/references.ts';
import { rename } from './features/rename.ts';
import { selectionRanges } from './features/selectionRanges.ts';
import { semanticTokens } from './features/semanticTokens.ts';
import { signatureHelp } from './features/signatureHelp.ts';
import { workspaceSymbols } from './features/workspaceSymbols.ts';
import type { Feature } from './feature.ts';

/** Everything that the server can do beside diagnostics. */
export const features: readonly Feature[] = [codeActions, codeLenses, completion, conversation, datasetStatus, definition, documentLinks, documentSymbols, folding, hover, inlayHints, labelDocument, references, rename, selectionRanges, semanticTokens, signatureHelp, workspaceSymbols];
