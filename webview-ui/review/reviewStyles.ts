import { css } from 'lit';

/** Colours come from the theme alone; high contrast gets borders where others get tints. */
export const reviewStyles = css`
  :host { display: flex; flex-direction: column; min-height: 100vh; box-sizing: border-box; font-family: var(--vscode-font-family); font-size: var(--vscode-font-size); color: var(--vscode-foreground); }
  header, footer { display: flex; flex-wrap: wrap; align-items: center; gap: 0.35rem 1rem; padding: 0.5rem 1rem; background: var(--vscode-sideBar-background, transparent); border-color: var(--vscode-panel-border, var(--vscode-contrastBorder, transparent)); border-style: solid; border-width: 0; }
  header { border-bottom-width: 1px; }
  footer { column-gap: 0.5rem; border-top-width: 1px; position: sticky; bottom: 0; background: var(--vscode-editor-background); }
  main { flex: 1; padding: 0.75rem 1rem; display: flex; flex-direction: column; gap: 1rem; min-width: 0; }
  h1 { font-size: 1.1em; margin: 0; font-weight: 600; }
  h2 { font-size: 0.85em; margin: 0 0 0.35rem; font-weight: 600; text-transform: uppercase; letter-spacing: 0.04em; color: var(--vscode-descriptionForeground); }
  .spacer { flex: 1; }
  .muted { color: var(--vscode-descriptionForeground); }
  .badge { padding: 0.05rem 0.5rem; border-radius: 0.8rem; background: var(--vscode-badge-background); color: var(--vscode-badge-foreground); border: 1px solid var(--vscode-contrastBorder, transparent); }
  .simulated { outline: 1px dashed var(--vscode-editorWarning-foreground, currentColor); }
  /* Drawn here: the browser's own bar takes a light page for granted, and then an empty one looks full in dark themes. */
  progress { appearance: none; width: 8rem; height: 0.45rem; border: 1px solid var(--vscode-contrastBorder, var(--vscode-descriptionForeground)); border-radius: 0.25rem; overflow: hidden; background: transparent; }
  progress::-webkit-progress-bar { background: transparent; }
  progress::-webkit-progress-value { background: var(--vscode-progressBar-background, var(--vscode-focusBorder)); }
  table { width: 100%; border-collapse: collapse; table-layout: fixed; }
  th, td { text-align: left; vertical-align: top; padding: 0.3rem 0.5rem; border-bottom: 1px solid var(--vscode-widget-border, var(--vscode-panel-border, var(--vscode-contrastBorder, transparent))); overflow-wrap: anywhere; }
  th { font-weight: 600; }
  col.name { width: 22%; }
  pre, code, .value { font-family: var(--vscode-editor-font-family, monospace); font-size: var(--vscode-editor-font-size, 1em); white-space: pre-wrap; overflow-wrap: anywhere; margin: 0; }
  .call > caption { text-align: left; padding: 0.3rem 0.5rem; font-weight: 600; caption-side: top; }
  tr.changed td.label, tr.missing td.label { background: var(--vscode-diffEditor-removedTextBackground); outline: 1px dashed var(--vscode-diffEditor-removedTextBorder, transparent); outline-offset: -2px; }
  tr.changed td.prediction, tr.extra td.prediction { background: var(--vscode-diffEditor-insertedTextBackground); outline: 1px dashed var(--vscode-diffEditor-insertedTextBorder, transparent); outline-offset: -2px; }
  .mark { display: inline-block; min-width: 1.2em; font-weight: 700; }
  .schema { display: block; font-size: 0.85em; font-weight: normal; color: var(--vscode-descriptionForeground); }
  .remark { display: block; font-size: 0.85em; }
  .problem { color: var(--vscode-errorForeground); }
  .turn { display: grid; grid-template-columns: 6rem 1fr; gap: 0.5rem; padding: 0.2rem 0; }
  .turn > .role { color: var(--vscode-descriptionForeground); }
  section { min-width: 0; }
  .judge { border-left: 3px solid var(--vscode-textBlockQuote-border, var(--vscode-focusBorder)); padding: 0.25rem 0.75rem; background: var(--vscode-textBlockQuote-background, transparent); }
  button { font: inherit; color: var(--vscode-button-secondaryForeground); background: var(--vscode-button-secondaryBackground); border: 1px solid var(--vscode-button-border, var(--vscode-contrastBorder, transparent)); border-radius: 3px; padding: 0.25rem 0.6rem; cursor: pointer; }
  button.primary { color: var(--vscode-button-foreground); background: var(--vscode-button-background); }
  button:hover { background: var(--vscode-button-secondaryHoverBackground); }
  button.primary:hover { background: var(--vscode-button-hoverBackground); }
  button[aria-pressed='true'] { outline: 2px solid var(--vscode-focusBorder); outline-offset: 1px; }
  button:disabled { opacity: 0.55; cursor: default; }
  button:focus-visible, summary:focus-visible { outline: 2px solid var(--vscode-focusBorder); outline-offset: 1px; }
  kbd { font-family: var(--vscode-editor-font-family, monospace); border: 1px solid var(--vscode-keybindingLabel-border, var(--vscode-contrastBorder, currentColor)); border-radius: 3px; padding: 0 0.3rem; margin-right: 0.35rem; background: var(--vscode-keybindingLabel-background, transparent); color: var(--vscode-keybindingLabel-foreground, inherit); }
  /* A key on a coloured button: the colours of keys are made for the editor's background. */
  button kbd { color: inherit; background: transparent; border-color: currentColor; }
  .notice { color: var(--vscode-descriptionForeground); }
  .failure { padding: 0.35rem 0.75rem; border: 1px solid var(--vscode-inputValidation-errorBorder, var(--vscode-errorForeground)); background: var(--vscode-inputValidation-errorBackground, transparent); }
  .empty { margin: 3rem auto; max-width: 34rem; text-align: center; display: flex; flex-direction: column; gap: 0.75rem; align-items: center; }
  .visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  @media (max-width: 640px) {
    table.call, table.call tbody, table.call tr, table.call td, table.call th, table.call caption { display: block; width: auto; }
    table.call thead, table.call colgroup { display: none; }
    table.call td.label::before { content: 'Label: '; color: var(--vscode-descriptionForeground); }
    table.call td.prediction::before { content: 'Prediction: '; color: var(--vscode-descriptionForeground); }
    .turn { grid-template-columns: 1fr; gap: 0; }
  }
  /* Large type, small windows: what is looked at needs the room; keys work all the same. */
  @media (max-height: 420px) {
    header, footer { padding: 0.25rem 0.75rem; }
    footer { position: static; }
  }
`;
