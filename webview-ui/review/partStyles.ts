import { css } from 'lit';

/**
 * What every part of the page has in common. Colours come from the theme alone (the `--lt-` ones are set on the page from
 * `--vscode-` ones); high contrast gets borders where others get tints.
 */
export const partStyles = css`
  * { box-sizing: border-box; }
  h1, h2, h3, p { margin: 0; }
  h1 { font-size: 1em; font-weight: 600; }
  h2 { font-size: 0.85em; font-weight: 600; text-transform: uppercase; letter-spacing: 0.04em; color: var(--vscode-descriptionForeground); margin: 0 0 0.35rem; }
  h3 { font-size: 1em; font-weight: 600; }
  .muted { color: var(--vscode-descriptionForeground); }
  .problem { color: var(--vscode-errorForeground); }
  .spacer { flex: 1; }
  pre, code, .value { font-family: var(--vscode-editor-font-family, monospace); font-size: var(--vscode-editor-font-size, 1em); white-space: pre-wrap; overflow-wrap: anywhere; margin: 0; }
  table { width: 100%; border-collapse: collapse; }
  th, td { text-align: left; vertical-align: top; padding: 0.25rem 0.5rem; border-bottom: 1px solid var(--lt-line); overflow-wrap: anywhere; }
  th { font-weight: 600; }
  caption { text-align: left; }
  .badge { padding: 0 0.45rem; border-radius: 0.7rem; background: var(--vscode-badge-background); color: var(--vscode-badge-foreground); border: 1px solid var(--vscode-contrastBorder, transparent); white-space: nowrap; }
  .badge.simulated { background: transparent; color: inherit; border: 1px dashed var(--vscode-editorWarning-foreground, currentColor); }
  button { font: inherit; color: var(--vscode-button-secondaryForeground); background: var(--vscode-button-secondaryBackground); border: 1px solid var(--vscode-button-border, var(--vscode-contrastBorder, transparent)); border-radius: 3px; padding: 0.15rem 0.55rem; cursor: pointer; line-height: 1.5; }
  button.primary { color: var(--vscode-button-foreground); background: var(--vscode-button-background); }
  button:hover:not(:disabled) { background: var(--vscode-button-secondaryHoverBackground, var(--vscode-button-secondaryBackground)); }
  button.primary:hover:not(:disabled) { background: var(--vscode-button-hoverBackground, var(--vscode-button-background)); }
  select { font: inherit; line-height: 1.5; padding: 0.1rem 0.3rem; max-width: 100%; color: var(--vscode-dropdown-foreground, inherit); background: var(--vscode-dropdown-background, var(--vscode-editor-background)); border: 1px solid var(--vscode-dropdown-border, var(--vscode-contrastBorder, var(--lt-line))); border-radius: 3px; }
  button.small { padding: 0 0.4rem; font-size: 0.9em; }
  button[aria-pressed='true'], button[aria-expanded='true'] { box-shadow: inset 0 0 0 2px currentColor; }
  button:disabled { opacity: 0.5; cursor: default; }
  :focus-visible { outline: 2px solid var(--vscode-focusBorder); outline-offset: 1px; }
  kbd { font-family: var(--vscode-editor-font-family, monospace); font-size: 0.9em; border: 1px solid var(--vscode-keybindingLabel-border, var(--vscode-contrastBorder, currentColor)); border-radius: 3px; padding: 0 0.3rem; background: var(--vscode-keybindingLabel-background, transparent); color: var(--vscode-keybindingLabel-foreground, inherit); }
  /* A key on a coloured button: the colours of keys are made for the editor's background. */
  button kbd { color: inherit; background: transparent; border-color: currentColor; margin-right: 0.4rem; }
  summary { cursor: pointer; }
  .visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  @media (forced-colors: active) { .badge, button, mark { border: 1px solid currentColor; } }
`;
