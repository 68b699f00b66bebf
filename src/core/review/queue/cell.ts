import { finalVerdicts, type FinalVerdict } from '../../rounds/verdict.ts';

export const verdictCells = [...finalVerdicts, 'unjudged'] as const;
export type VerdictCell = (typeof verdictCells)[number];

/** What the judge says of a pair, as far as the chance of a wrong label goes by it. */
export type JudgedPair = { readonly verdict: FinalVerdict | undefined; readonly votes: number; readonly agreeing: number };

/** Number of a pair's cell: twice the number of its verdict, one more where the votes are divided. */
export function cellOf({ verdict, votes, agreeing }: JudgedPair): number {
  return 2 * verdictCells.indexOf(verdict ?? 'unjudged') + (agreeing >= votes ? 0 : 1);
}

export const cellCount = 2 * verdictCells.length;

export function verdictOfCell(cell: number): VerdictCell {
  return verdictCells[cell >> 1] ?? 'unjudged';
}
