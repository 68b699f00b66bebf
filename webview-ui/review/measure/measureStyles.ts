import { css } from 'lit';

/** The figures on the judge. Intervals are told by shape, not by colour alone; high contrast draws them in the text's colour. */
export const measureStyles = css`
  .measure-view { max-width: 70rem; margin: 0 auto; display: flex; flex-direction: column; gap: 1.1rem; }
  .measure-view caption { font-weight: 600; padding: 0.2rem 0.5rem 0.3rem; }
  .measure-view section { display: flex; flex-direction: column; gap: 0.6rem; }
  .measure-view details > .two { margin-top: 0.4rem; }
  .wide { overflow-x: auto; max-width: 100%; }
  /* Narrow windows scroll within the table rather than break words into letters. */
  .wide > table { min-width: 26rem; }
  .wide > table.precision, .wide > table.confusion { min-width: 36rem; }
  .wide > table.split { min-width: 20rem; }
  .wide:focus-visible { outline: 2px solid var(--vscode-focusBorder); outline-offset: -2px; }
  .number, .measure-view .figure { font-variant-numeric: tabular-nums; white-space: nowrap; }
  .agrees { font-weight: 700; box-shadow: inset 0 0 0 1px var(--vscode-focusBorder); }
  .from { display: block; font-weight: 400; color: var(--vscode-descriptionForeground); }
  .interval { display: block; width: 9rem; max-width: 100%; height: 0.9rem; margin-bottom: 0.15rem; overflow: visible; }
  .interval .axis { stroke: var(--vscode-descriptionForeground); stroke-width: 1; vector-effect: non-scaling-stroke; }
  .interval .range { fill: var(--vscode-progressBar-background, var(--vscode-focusBorder)); fill-opacity: 0.65; }
  .interval .share { stroke: var(--vscode-foreground); stroke-width: 2; vector-effect: non-scaling-stroke; }
  .interval .threshold { stroke: var(--vscode-foreground); stroke-width: 1; stroke-dasharray: 2 2; vector-effect: non-scaling-stroke; }
  .state { border-left: 3px solid var(--vscode-descriptionForeground); padding: 0.1rem 0 0.1rem 0.7rem; margin-bottom: 0.5rem; }
  .state.open { border-left-color: var(--vscode-focusBorder); border-left-style: double; border-left-width: 5px; }
  .fields { display: flex; flex-wrap: wrap; align-items: end; gap: 0.5rem 1rem; }
  .fields label { display: flex; flex-direction: column; gap: 0.15rem; min-width: 0; max-width: 100%; }
  input[type='number'] { font: inherit; width: 7rem; padding: 0.15rem 0.35rem; color: var(--vscode-input-foreground, inherit); background: var(--vscode-input-background, transparent); border: 1px solid var(--vscode-input-border, var(--vscode-contrastBorder, var(--lt-line))); border-radius: 2px; }
  form p { margin-top: 0.4rem; }
  @container (max-width: 40rem) { .measure-view .two { grid-template-columns: minmax(0, 1fr); } }
  @media (max-width: 45rem) { .measure-view .two { grid-template-columns: minmax(0, 1fr); } }
  @media (forced-colors: active) { .interval .range { fill: CanvasText; } .interval line { stroke: CanvasText; } }
`;
