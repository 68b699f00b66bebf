import { randomBytes } from 'node:crypto';
import { l10n, Uri, ViewColumn, window, type Disposable, type Webview, type WebviewPanel } from 'vscode';
import type { ReviewSession } from '../../app/reviewSession.ts';
import { reviewRequestSchema, type HostMessage } from '../../protocol/reviewMessages.ts';
import { reportError } from '../errors.ts';
import type { Services } from '../services.ts';

/**
 * Hosts the review page of one round. The page holds no state: hidden panels are thrown away and ask anew when they are
 * shown. What comes from the page is parsed before anything else looks at it.
 */
export class ReviewPanel implements Disposable {
  readonly #panel: WebviewPanel;
  readonly #subscriptions: Disposable[] = [];
  /** One request after the other: a decision is on disk before the next is looked at. */
  #queue: Promise<void> = Promise.resolve();

  constructor(
    private readonly services: Services,
    private readonly session: ReviewSession,
    title: string,
    onDispose: () => void,
  ) {
    const root = Uri.joinPath(services.context.extensionUri, 'dist', 'webview');
    this.#panel = window.createWebviewPanel('looptool.review', title, ViewColumn.Active, { enableScripts: true, localResourceRoots: [root], retainContextWhenHidden: false });
    const icon = (name: string): Uri => Uri.joinPath(services.context.extensionUri, 'media', 'icons', name);
    this.#panel.iconPath = { light: icon('tab-light.svg'), dark: icon('tab-dark.svg') };
    this.#subscriptions.push(
      this.#panel.onDidDispose(() => {
        onDispose();
        this.dispose();
      }),
      this.#panel.webview.onDidReceiveMessage((message: unknown) => this.#receive(message)),
    );
    this.#panel.webview.html = pageHtml(this.#panel.webview, Uri.joinPath(root, 'review.js'));
  }

  reveal(): void {
    this.#panel.reveal();
  }

  /** Shows this sample, where it is in the queue. */
  goTo(sampleId: string): void {
    this.#enqueue(() => this.session.goTo(sampleId));
    this.push();
  }

  /** Shows the state anew after something outside has changed. Pointless, and left out, while the panel is hidden. */
  push(): void {
    if (this.#panel.visible) this.#enqueue(async () => this.#post(await this.session.snapshot()));
  }

  #receive(message: unknown): void {
    const parsed = reviewRequestSchema.safeParse(message);
    if (!parsed.success) {
      this.services.log.warn(`Review: a message of the page was not understood: ${parsed.error.issues[0]?.message ?? ''}`);
      return;
    }
    this.#enqueue(async () => this.#post(await this.session.handle(parsed.data)));
  }

  #enqueue(work: () => Promise<void>): void {
    this.#queue = this.#queue.then(work).catch((error: unknown) => reportError(this.services.log, error));
  }

  async #post(message: HostMessage): Promise<void> {
    await this.#panel.webview.postMessage(message);
  }

  dispose(): void {
    for (const subscription of this.#subscriptions.splice(0).reverse()) subscription.dispose();
    this.#panel.dispose();
  }
}

/** The whole page: nothing but our script, which a nonce of this page alone lets run. */
function pageHtml(webview: Webview, script: Uri): string {
  const nonce = randomBytes(16).toString('base64url');
  const policy = [`default-src 'none'`, `script-src 'nonce-${nonce}'`, `style-src ${webview.cspSource}`, `img-src ${webview.cspSource}`, `font-src ${webview.cspSource}`, `base-uri 'none'`, `form-action 'none'`].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(l10n.t('Review'))}</title>
</head>
<body>
<looptool-review></looptool-review>
<script nonce="${nonce}" type="module" src="${webview.asWebviewUri(script).toString()}"></script>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
