import { css } from 'lit';
import { answerStyles } from '../answer/answerStyles.ts';

const own = css`
  :host { display: block; font-family: var(--vscode-font-family); font-size: var(--vscode-font-size); color: var(--vscode-foreground); }
  .editor { border: 1px solid var(--vscode-focusBorder); border-radius: 3px; padding: 0.6rem 0.8rem; display: flex; flex-direction: column; gap: 0.6rem; background: var(--vscode-editor-background); }
  .editor:focus { outline: none; }
  h2 { font-size: 1.05em; margin: 0; }
  h3 { font-size: 1em; margin: 0.4rem 0 0.2rem; }
  p { margin: 0.2rem 0; }
  code, pre, textarea, input[type='text'], .value { font-family: var(--vscode-editor-font-family, monospace); font-size: var(--vscode-editor-font-size, 1em); }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0; max-height: 16rem; overflow: auto; padding: 0.4rem; background: var(--vscode-textBlockQuote-background, transparent); border: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent)); }
  .spacer { flex: 1; }
  .muted { color: var(--vscode-descriptionForeground); }
  .edit-head, .call-head, .pick-head, .buttons, .adding { display: flex; flex-wrap: wrap; gap: 0.3rem 0.5rem; align-items: center; }
  .edit-head { column-gap: 1.2rem; }
  fieldset, .alternative { border: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, var(--vscode-descriptionForeground))); border-radius: 3px; padding: 0.4rem 0.6rem; margin: 0 0 0.5rem; min-width: 0; }
  legend { font-weight: 600; padding: 0 0.3rem; }
  .member { display: grid; grid-template-columns: minmax(6rem, 22%) 1fr auto; gap: 0.2rem 0.6rem; padding: 0.25rem 0; border-top: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent)); align-items: start; }
  .member .member { grid-template-columns: minmax(4rem, 25%) 1fr auto; }
  .member-name { overflow-wrap: anywhere; min-width: 0; }
  .member-name > .schema { display: block; font-size: 0.9em; color: var(--vscode-descriptionForeground); }
  .member-name > .off { font-weight: 600; }
  .member-value, .field { min-width: 0; }
  .field { display: flex; flex-wrap: wrap; gap: 0.3rem; align-items: flex-start; }
  .field > textarea { flex: 1 1 12rem; }
  .field > input[type='text'] { flex: 1 1 8rem; min-width: 4rem; }
  .field > ol, .field > .members { flex: 1 1 100%; }
  .items { margin: 0; padding-left: 1.6rem; }
  .items > li { padding: 0.1rem 0; }
  .items > li > .field { display: inline-flex; width: calc(100% - 3rem); vertical-align: top; }
  textarea, input[type='text'], select { color: var(--vscode-input-foreground, var(--vscode-foreground)); background: var(--vscode-input-background, var(--vscode-editor-background)); border: 1px solid var(--vscode-input-border, var(--vscode-contrastBorder, var(--vscode-descriptionForeground))); border-radius: 2px; padding: 0.2rem 0.35rem; box-sizing: border-box; max-width: 100%; }
  select { font: inherit; color: var(--vscode-dropdown-foreground, var(--vscode-foreground)); background: var(--vscode-dropdown-background, var(--vscode-editor-background)); border-color: var(--vscode-dropdown-border, var(--vscode-contrastBorder, var(--vscode-descriptionForeground))); }
  select.kind { flex: none; }
  .field.object > select.kind, .field.array > select.kind { order: -1; }
  .edit-head button + button { margin-left: 0.3rem; }
  textarea { field-sizing: content; min-height: 1.9em; max-height: 18rem; width: 100%; resize: vertical; }
  textarea.long { field-sizing: fixed; }
  textarea.whole { field-sizing: fixed; min-height: 18rem; max-height: 60vh; }
  input.key { width: 100%; }
  :is(textarea, input, select, button, summary, .picks, pre):focus-visible { outline: 2px solid var(--vscode-focusBorder); outline-offset: 0; }
  [aria-invalid='true'] { border-color: var(--vscode-inputValidation-errorBorder, var(--vscode-errorForeground)); border-width: 2px; }
  .field-error { color: var(--vscode-errorForeground); flex: 1 1 100%; min-height: 0; }
  .accepted { display: block; font-size: 0.95em; }
  button { font: inherit; color: var(--vscode-button-secondaryForeground); background: var(--vscode-button-secondaryBackground); border: 1px solid var(--vscode-button-border, var(--vscode-contrastBorder, transparent)); border-radius: 3px; padding: 0.25rem 0.6rem; cursor: pointer; min-height: 24px; }
  button.small { padding: 0.05rem 0.45rem; }
  button.add { background: transparent; color: var(--vscode-foreground); border: 1px dashed var(--vscode-contrastBorder, var(--vscode-descriptionForeground)); }
  button.add.needed { border-style: solid; font-weight: 600; }
  button.primary { color: var(--vscode-button-foreground); background: var(--vscode-button-background); }
  button:hover { background: var(--vscode-button-secondaryHoverBackground); }
  button.add:hover { background: var(--vscode-button-secondaryHoverBackground); color: var(--vscode-button-secondaryForeground); }
  button.add:hover .muted { color: inherit; }
  button.primary:hover { background: var(--vscode-button-hoverBackground); }
  button[aria-pressed='true'] { outline: 2px solid var(--vscode-focusBorder); outline-offset: -1px; font-weight: 600; }
  button:disabled { opacity: 0.55; cursor: default; }
  kbd { font-family: var(--vscode-editor-font-family, monospace); border: 1px solid currentColor; border-radius: 3px; padding: 0 0.3rem; margin-right: 0.35rem; }
  .json { position: relative; }
  .editor ul.suggestions, .editor ul.picks { padding-left: 0; margin: 0; }
  .suggestions { list-style: none; margin: 0; padding: 0.15rem; max-height: 11rem; overflow: auto; border: 1px solid var(--vscode-focusBorder); background: var(--vscode-editorSuggestWidget-background, var(--vscode-editor-background)); }
  .suggestions > li { padding: 0.1rem 0.4rem; cursor: pointer; }
  .suggestions > li[aria-selected='true'] { outline: 2px solid var(--vscode-focusBorder); outline-offset: -2px; font-weight: 600; }
  .picks { list-style: none; margin: 0; padding: 0; max-height: 45vh; overflow: auto; border: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, var(--vscode-descriptionForeground))); }
  .picks > li { display: grid; grid-template-columns: 1.6rem minmax(8rem, 30%) 1fr; gap: 0.4rem; padding: 0.3rem 0.5rem; cursor: pointer; overflow-wrap: anywhere; border-bottom: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent)); }
  .picks > li.on .pick-what { font-weight: 700; }
  .picks > li.active { box-shadow: inset 3px 0 0 var(--vscode-focusBorder); }
  .picks:focus-visible > li.active { outline: 2px solid var(--vscode-focusBorder); outline-offset: -2px; }
  .box { font-size: 1.2em; line-height: 1; }
  .problems ul { margin: 0.2rem 0; padding-left: 1.2rem; }
  .text { display: flex; flex-direction: column; gap: 0.4rem; }
  @container answer (max-width: 560px) {
    .member, .member .member { grid-template-columns: 1fr auto; }
    .member > .member-name { grid-column: 1 / -1; }
    .picks > li { grid-template-columns: 1.6rem 1fr; }
    .picks > li > .pick-values { grid-column: 2; }
  }
`;

export const editStyles = [answerStyles, own];
