import { l10n, window } from 'vscode';
import * as z from 'zod';
import { stageNameSchema } from '../../core/rounds/manifest.ts';
import type { Services } from '../services.ts';

const targetSchema = z.object({ directory: z.string(), round: z.number().int(), stage: stageNameSchema, bucket: z.string() });

/** Shows a bucket of the rounds tree, opened: where a figure of the tree or of a report leads. */
export async function showSamples(services: Services, argument: unknown): Promise<void> {
  const target = targetSchema.safeParse(argument);
  if (!target.success) return;
  const node = await services.tree.bucketAt(target.data);
  if (node === undefined) {
    void window.showInformationMessage(l10n.t('These samples are not in the rounds any more: the journals changed.'));
    return;
  }
  await services.revealInTree(node);
}
