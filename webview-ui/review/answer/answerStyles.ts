import { css } from 'lit';

/** For the shell that renders `answerView`, and for the label editor. What colours say, signs, lines and words say too. */
export const answerStyles = css`
  .answer { container-type: inline-size; container-name: answer; min-width: 0; }
  .answer table.answers { width: 100%; border-collapse: collapse; table-layout: fixed; }
  .answer table.answers > thead th { position: sticky; top: 0; z-index: 1; background: var(--vscode-editor-background); border-bottom: 1px solid var(--vscode-panel-border, var(--vscode-contrastBorder, currentColor)); }
  .answer table.answers th, .answer table.answers td { text-align: left; vertical-align: top; padding: 0.25rem 0.5rem; overflow-wrap: anywhere; font-weight: normal; }
  .answer table.answers > thead th { font-weight: 600; }
  .answer table.answers th.what { width: 28%; }
  .answer tbody.folds:not(:has(.fold input:checked)) > tr:not(.call-name) { display: none; }
  .answer .fold { font-weight: normal; font-size: 0.9em; color: var(--vscode-descriptionForeground); }
  .answer tbody.call { border-top: 2px solid var(--vscode-panel-border, var(--vscode-contrastBorder, transparent)); }
  .answer tbody tr { border-bottom: 1px solid var(--vscode-widget-border, var(--vscode-panel-border, var(--vscode-contrastBorder, transparent))); }
  .answer .side-kind { font-weight: normal; color: var(--vscode-descriptionForeground); }
  .answer .call-title, .answer code.tool { font-weight: 600; }
  .answer .number { color: var(--vscode-descriptionForeground); font-weight: normal; }
  .answer .moved { border: 1px solid var(--vscode-contrastBorder, var(--vscode-descriptionForeground)); border-radius: 0.6rem; padding: 0 0.4rem; white-space: nowrap; font-size: 0.9em; }
  .answer .mark { display: inline-block; min-width: 1.1em; margin-right: 0.25em; font-weight: 700; }
  .answer .cover { color: var(--vscode-descriptionForeground); margin-left: 0.3em; }
  .answer code, .answer .value { font-family: var(--vscode-editor-font-family, monospace); font-size: var(--vscode-editor-font-size, 1em); white-space: pre-wrap; overflow-wrap: anywhere; }
  /* What is the same steps back; it stays readable. */
  .answer tr.argument.same > th .path, .answer tr.argument.same > td > .value, .answer tr.argument.same > td details > .value { color: var(--vscode-descriptionForeground); }
  .answer tr.argument:not(.same) > th .path { font-weight: 700; }
  .answer tr.nested > th { padding-left: 1.4rem !important; }
  .answer del, .answer ins { text-decoration-thickness: 1px; text-underline-offset: 2px; border-radius: 2px; color: inherit; }
  .answer del { text-decoration-line: none; border-bottom: 2px dashed currentColor; background: var(--vscode-diffEditor-removedTextBackground, transparent); outline: 1px solid var(--vscode-diffEditor-removedTextBorder, transparent); }
  .answer ins { text-decoration-line: none; border-bottom: 2px solid currentColor; background: var(--vscode-diffEditor-insertedTextBackground, transparent); outline: 1px solid var(--vscode-diffEditor-insertedTextBorder, transparent); }
  .answer tr:not(.same):not(.forgiven) > td.side { box-shadow: inset 3px 0 0 var(--vscode-focusBorder); }
  .answer .schema, .answer .remark, .answer .acceptable, .answer .unused, .answer .findings { font-size: 0.9em; color: var(--vscode-descriptionForeground); }
  .answer span.schema, .answer .remark, .answer .acceptable { display: block; }
  .answer .remark { font-style: italic; }
  .answer .schema.off { font-weight: 600; width: fit-content; border-bottom: 1px dotted currentColor; }
  .answer .required { font-weight: 700; }
  .answer details > summary { cursor: pointer; }
  .answer details.schema p { margin: 0.2rem 0 0.2rem 0.8rem; }
  .answer details.folded > summary { color: var(--vscode-descriptionForeground); }
  .answer ul { margin: 0.2rem 0; padding-left: 1.1rem; }
  .answer .absent { font-style: italic; }
  .answer .muted { color: var(--vscode-descriptionForeground); }
  .answer .findings { list-style: none; padding-left: 0; }
  .answer .finding { border-left: 3px solid var(--vscode-descriptionForeground); padding-left: 0.4rem; margin: 0.15rem 0; }
  .answer .finding.error { border-left-color: var(--vscode-errorForeground); border-left-style: double; border-left-width: 5px; }
  .answer .finding .severity { font-weight: 600; }
  .answer .source { font: inherit; font-size: 0.8em; margin-left: 0.3rem; padding: 0 0.3rem; border-radius: 0.6rem; border: 1px solid var(--vscode-contrastBorder, var(--vscode-descriptionForeground)); background: transparent; color: var(--vscode-descriptionForeground); }
  .answer button.source { cursor: pointer; min-width: 24px; min-height: 20px; }
  .answer button.source:hover, .answer button.source:focus-visible { color: var(--vscode-foreground); border-color: var(--vscode-focusBorder); outline: 1px solid var(--vscode-focusBorder); }
  .answer summary:focus-visible { outline: 2px solid var(--vscode-focusBorder); outline-offset: 1px; }
  .answer .alternatives h3 { font-size: 1em; margin: 0.6rem 0 0.2rem; }
  .answer .visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  @container answer (max-width: 560px) {
    .answer table.answers, .answer table.answers > tbody, .answer table.answers tr, .answer table.answers tbody td, .answer table.answers tbody th { display: block; width: auto !important; }
    .answer table.answers > thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
    .answer table.answers tbody td.side::before { content: attr(data-side) ': '; font-weight: 600; color: var(--vscode-descriptionForeground); }
    .answer tr.nested > th { padding-left: 0.5rem !important; }
  }
  @media (forced-colors: active) {
    .answer del, .answer ins { outline: 1px solid; }
  }
`;
