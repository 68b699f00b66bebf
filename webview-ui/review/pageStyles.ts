import { css } from 'lit';

/** The page as a whole: head, queue, two columns that scroll on their own, keys. In a narrow or low window everything is one column. */
export const pageStyles = css`
  :host {
    --lt-line: var(--vscode-widget-border, var(--vscode-panel-border, var(--vscode-contrastBorder, transparent)));
    --lt-edge: var(--vscode-panel-border, var(--vscode-contrastBorder, transparent));
    --lt-mark: var(--vscode-editor-findMatchHighlightBackground, transparent);
    --lt-removed-line: var(--vscode-diffEditor-removedTextBorder, var(--vscode-errorForeground, currentColor));
    --lt-added-line: var(--vscode-diffEditor-insertedTextBorder, var(--vscode-focusBorder, currentColor));
    display: flex; flex-direction: column; height: 100vh; box-sizing: border-box; min-width: 0;
    font-family: var(--vscode-font-family); font-size: var(--vscode-font-size); color: var(--vscode-foreground); line-height: 1.4;
  }
  header { display: flex; flex-wrap: wrap; align-items: center; gap: 0.25rem 0.9rem; padding: 0.4rem 0.9rem; border-bottom: 1px solid var(--lt-edge); }
  header h1 { font-size: 1.1em; min-width: 5em; font-variant-numeric: tabular-nums; }
  .figure { font-variant-numeric: tabular-nums; white-space: nowrap; }
  @media (min-width: 840px) { header { flex-wrap: nowrap; } header > * { flex: none; } header > .title, header > .badge { flex: 0 1 auto; min-width: 2rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; } header > .title { flex-shrink: 8; } header > .spacer { flex: 1 1 0; } }
  .title { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; max-width: 24rem; }
  select.queues { max-width: 14rem; }
  /* Drawn here: the browser's own bar takes a light page for granted, and then an empty one looks full in dark themes. */
  progress { appearance: none; width: 7rem; height: 0.4rem; border: 1px solid var(--vscode-contrastBorder, var(--vscode-descriptionForeground)); border-radius: 0.25rem; overflow: hidden; background: transparent; }
  progress::-webkit-progress-bar { background: transparent; }
  progress::-webkit-progress-value { background: var(--vscode-progressBar-background, var(--vscode-focusBorder)); }
  looptool-queue-bar { display: block; padding: 0.35rem 0.9rem; border-bottom: 1px solid var(--lt-edge); }
  main { flex: 1; min-height: 0; min-width: 0; }
  main.pair { display: flex; }
  /* Hidden words are placed within, so that they do not make the page longer. */
  .column, .lone, header, footer { position: relative; }
  .column { min-width: 0; overflow: auto; padding: 0.6rem 0.9rem; display: flex; flex-direction: column; gap: 0.9rem; }
  .column:focus-visible, .lone:focus-visible { outline: none; box-shadow: inset 0 2px 0 var(--vscode-focusBorder); }
  /* The handle in the corner moves the line between the columns. */
  .both { flex: 0 0 auto; width: 60%; min-width: 22rem; max-width: calc(100% - 16rem); resize: horizontal; }
  .context { flex: 1 1 0; border-left: 1px solid var(--lt-edge); }
  .context > section { container-type: inline-size; }
  .request { display: none; }
  section { min-width: 0; }
  .two { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 0.75rem; }
  .raw pre { max-height: 60vh; overflow: auto; padding: 0.4rem; border: 1px solid var(--lt-line); background: var(--vscode-textCodeBlock-background, transparent); }
  .judge > p, .judge > details { margin-bottom: 0.3rem; }
  .verdict strong::first-letter { text-transform: uppercase; }
  .vote { border-left: 2px solid var(--lt-edge); padding-left: 0.6rem; }
  .reason { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0.15rem 0 0.25rem; }
  ul { margin: 0.2rem 0; padding-left: 1.2rem; overflow-wrap: anywhere; }
  .past td { border-bottom: 0; padding: 0.1rem 0.5rem 0.1rem 0; }
  .note textarea { display: block; width: 100%; min-height: 2em; resize: vertical; font: inherit; padding: 0.25rem 0.4rem; color: var(--vscode-input-foreground, inherit); background: var(--vscode-input-background, transparent); border: 1px solid var(--vscode-input-border, var(--vscode-contrastBorder, var(--lt-line))); border-radius: 2px; field-sizing: content; max-height: 10rem; }
  .note textarea::placeholder { color: var(--vscode-input-placeholderForeground, var(--vscode-descriptionForeground)); opacity: 1; }
  .note textarea:focus { outline: 1px solid var(--vscode-focusBorder); outline-offset: -1px; }
  .save-note { margin-top: 0.25rem; }
  .tools details { padding: 0.15rem 0; }
  .tools pre { padding: 0.3rem 0 0.3rem 1rem; }
  footer { display: flex; flex-wrap: wrap; align-items: center; gap: 0.35rem 0.9rem; padding: 0.4rem 0.9rem; border-top: 1px solid var(--lt-edge); background: var(--vscode-editor-background); }
  footer .keys { display: flex; flex-wrap: wrap; gap: 0.3rem; }
  /* A line of its own, also when it is empty: nothing may move between two samples. */
  footer .notice { flex-basis: 100%; min-width: 0; min-height: 1.3em; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .failure, .offer, .warnings { display: flex; flex-wrap: wrap; align-items: center; gap: 0.3rem 0.75rem; padding: 0.3rem 0.9rem; border-bottom: 1px solid var(--lt-edge); }
  .failure { overflow-wrap: anywhere; border: 1px solid var(--vscode-inputValidation-errorBorder, var(--vscode-errorForeground)); background: var(--vscode-inputValidation-errorBackground, transparent); color: var(--vscode-inputValidation-errorForeground, inherit); }
  .failure::before { content: '✕'; font-weight: 700; }
  .offer { border-left: 3px solid var(--vscode-focusBorder); }
  .warnings { display: block; }
  .lone { overflow: auto; padding: 2rem 1rem; }
  .end { margin: 0 auto; max-width: 36rem; display: flex; flex-direction: column; gap: 0.75rem; align-items: center; text-align: center; }
  .end h2 { font-size: 1.15em; text-transform: none; letter-spacing: 0; color: inherit; }
  .actions { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem; margin: 0.4rem 0; }
  .end .actions { justify-content: center; }
  .sheet { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(24rem, 100%), 1fr)); gap: 0.75rem 1.5rem; align-items: start; }
  .sheet caption, .samples caption { font-weight: 600; padding: 0.2rem 0; }
  .sheet col.keys { width: 5em; }
  .sheet col.title { width: 11em; }
  .sheet table { table-layout: fixed; }
  .samples { table-layout: fixed; }
  del, ins { text-decoration: none; font-family: var(--vscode-editor-font-family, monospace); padding: 0 0.15rem; border-radius: 2px; overflow-wrap: anywhere; }
  .small-diff del { background: var(--vscode-diffEditor-removedTextBackground, transparent); border-bottom: 2px dashed currentColor; }
  .small-diff ins { background: var(--vscode-diffEditor-insertedTextBackground, transparent); border-bottom: 2px solid currentColor; }
  @media (max-width: 800px), (max-height: 480px) {
    :host { height: auto; min-height: 100vh; }
    main.pair { flex-direction: column; }
    .both { width: auto; max-width: none; min-width: 0; resize: none; }
    .context { border-left: 0; border-top: 1px solid var(--lt-edge); }
    .request { display: block; border-left: 3px solid var(--lt-edge); padding-left: 0.6rem; }
    footer { position: sticky; bottom: 0; }
  }
  @media (max-width: 520px) {
    .two { grid-template-columns: minmax(0, 1fr); }
    .samples, .samples tbody, .samples tr, .samples td, .samples caption { display: block; }
    .samples thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
    header, footer, looptool-queue-bar, .column { padding-left: 0.6rem; padding-right: 0.6rem; }
    .spacer { display: none; }
    /* A line each, to be pushed aside: the answers need the room. */
    footer { gap: 0.25rem; }
    footer .keys { flex-wrap: nowrap; overflow-x: auto; padding: 2px; }
    footer button { white-space: nowrap; }
  }
  /* Large type, small windows: what is looked at needs the room; keys work all the same. */
  @media (max-height: 560px) { footer { position: static; } }
`;
