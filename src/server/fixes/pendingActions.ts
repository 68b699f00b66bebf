import type { CodeAction } from 'vscode-languageserver/node';
import type { Draft } from './draft.ts';

/** Offered actions that may still be chosen. */
const mostPending = 2_000;

/** Actions whose edit is asked for when one is chosen. One that is too old has none: the editor then does nothing. */
export class PendingActions {
  private readonly drafts = new Map<number, Draft>();
  private count = 0;

  put(draft: Draft): CodeAction {
    if (draft.make === undefined) return draft.action;
    const id = (this.count += 1);
    this.drafts.set(id, draft);
    this.drafts.delete(id - mostPending);
    return { ...draft.action, data: id };
  }

  async resolve(action: CodeAction): Promise<CodeAction> {
    const draft = typeof action.data === 'number' ? this.drafts.get(action.data) : undefined;
    const edit = await draft?.make?.();
    return edit === undefined ? action : { ...action, edit };
  }
}
