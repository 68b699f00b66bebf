import { tryCompletion, tryDefinitions, tryDiagnostics, tryFixes, tryHovers, tryRename } from './abilities.ts';
import { tryConversations, tryFolding, tryLabels, tryOutline, tryPlaces, trySelection, trySignatures, tryTokens } from './shapes.ts';
import type { Tally } from './tally.ts';
import type { TrialDocument } from './trial.ts';

/** Tries everything that the server can do on a document. */
export async function tryDocument(document: TrialDocument, tally: Tally): Promise<void> {
  await tally.try('diagnostics', async () => tryFixes(document, await tryDiagnostics(document, tally), tally, 3));
  await tryHovers(document, tally);
  await tryCompletion(document, tally);
  await trySignatures(document, tally);
  await tryDefinitions(document, tally);
  await tryRename(document, tally, 4);
  await tally.try('outline', () => tryOutline(document, tally));
  await tally.try('folding', () => tryFolding(document, tally));
  await tally.try('selection', () => trySelection(document, tally));
  await tally.try('semantic tokens', () => tryTokens(document, tally));
  await tryPlaces(document, tally);
  await tryConversations(document, tally);
  await tryLabels(document, tally);
}
