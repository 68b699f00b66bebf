import { randomBytes } from 'node:crypto';
import { env, l10n, Uri, ViewColumn, window, type Disposable, type Webview, type WebviewPanel } from 'vscode';
import type { ReviewSession } from '../../app/review/reviewSession.ts';
import { reviewRequestSchema, type HostMessage } from '../../protocol/review/messages.ts';
import { decodeMessage, encodeMessage } from '../../protocol/wire.ts';
import type { Services } from '../services.ts';
import { pageWords } from './pageWords.ts';

export const reviewPanelType = 'looptool.review';

export type PanelOptions = {
  readonly title: string;
  /** What a window that is loaded again needs to open the same review. */
  readonly restore: Readonly<Record<string, unknown>>;
  /** A panel that the editor has made already. */
  readonly panel?: WebviewPanel | undefined;
  /** The view that the page opens with, where it is not the pairs. */
  readonly view?: 'measure' | undefined;
};

/**
 * Hosts the review page. The page holds no state: hidden panels are thrown away and ask anew when they are shown. What comes
 * from the page is parsed before anything else looks at it.
 */
export class ReviewPanel implements Disposable {
  readonly #panel: WebviewPanel;
  readonly #subscriptions: Disposable[] = [];
  #session: ReviewSession | undefined;

  constructor(
    private readonly services: Services,
    private readonly options: PanelOptions,
    private readonly onDispose: () => void,
  ) {
    const root = Uri.joinPath(services.context.extensionUri, 'dist', 'webview');
    this.#panel = options.panel ?? window.createWebviewPanel(reviewPanelType, options.title, ViewColumn.Active, { retainContextWhenHidden: false });
    this.#panel.webview.options = { enableScripts: true, localResourceRoots: [root] };
    this.#panel.title = options.title;
    const icon = (name: string): Uri => Uri.joinPath(services.context.extensionUri, 'media', 'icons', name);
    this.#panel.iconPath = { light: icon('tab-light.svg'), dark: icon('tab-dark.svg') };
    this.#subscriptions.push(
      this.#panel.onDidDispose(() => this.dispose()),
      this.#panel.webview.onDidReceiveMessage((message: unknown) => void this.#receive(message)),
      // What others wrote while it was hidden.
      this.#panel.onDidChangeViewState(({ webviewPanel }) => {
        if (webviewPanel.visible) void this.#session?.refresh();
      }),
    );
  }

  /** The page is shown now: it asks the session at once. */
  start(session: ReviewSession): void {
    this.#session = session;
    const root = Uri.joinPath(this.services.context.extensionUri, 'dist', 'webview');
    this.#panel.webview.html = pageHtml(this.#panel.webview, Uri.joinPath(root, 'review.js'), { words: pageWords(this.services.context.extensionUri), state: JSON.stringify(this.options.restore), view: this.options.view ?? '' });
  }

  reveal(): void {
    this.#panel.reveal();
  }

  get visible(): boolean {
    return this.#panel.visible;
  }

  /** A hidden page is not there: it asks when it is shown. */
  post(message: HostMessage): void {
    if (this.#panel.visible) void this.#panel.webview.postMessage(encodeMessage(message));
  }

  async #receive(message: unknown): Promise<void> {
    const parsed = reviewRequestSchema.safeParse(decodeMessage(message));
    if (!parsed.success) {
      this.services.log.warn(`Review: a message of the page was not understood: ${parsed.error.issues[0]?.message ?? ''}`);
      return;
    }
    const answer = await this.#session?.handle(parsed.data);
    if (answer === undefined) return;
    if (answer.type === 'failure') this.services.log.warn(`Review: ${answer.message}`);
    await this.#panel.webview.postMessage(encodeMessage(answer));
  }

  dispose(): void {
    if (this.#subscriptions.length === 0) return;
    for (const subscription of this.#subscriptions.splice(0).reverse()) subscription.dispose();
    this.#panel.dispose();
    this.#session?.dispose();
    this.onDispose();
  }
}

/** The whole page: nothing but our script, which a nonce of this page alone lets run. */
function pageHtml(webview: Webview, script: Uri, data: { readonly words: string; readonly state: string; readonly view: string }): string {
  const nonce = randomBytes(16).toString('base64url');
  const policy = [`default-src 'none'`, `script-src 'nonce-${nonce}'`, `style-src ${webview.cspSource}`, `img-src ${webview.cspSource}`, `font-src ${webview.cspSource}`, `base-uri 'none'`, `form-action 'none'`].join('; ');
  return `<!DOCTYPE html>
<html lang="${escapeHtml(env.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(l10n.t('Review'))}</title>
</head>
<body data-words="${escapeHtml(data.words)}" data-state="${escapeHtml(data.state)}" data-view="${escapeHtml(data.view)}">
<looptool-review></looptool-review>
<script nonce="${nonce}" type="module" src="${webview.asWebviewUri(script).toString()}"></script>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
