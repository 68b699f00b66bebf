import type { EstimateOptions, EstimatePart, RunEstimate } from '../../app/estimate.ts';
import { exitCodes, type Command } from '../context.ts';
import { duration } from '../progressLine.ts';
import { formatTable } from '../table.ts';

/** What a job would send and take; starts nothing. */
export function estimateCommand(options: EstimateOptions): Command {
  return async ({ app, writer }) => {
    const estimate = await app.estimate(options);
    writer.result('estimate', estimate, estimateText(estimate));
    return exitCodes.ok;
  };
}

const kindNames: Readonly<Record<EstimatePart['kind'], string>> = {
  answers: 'answers',
  repeats: 'asked again',
  votes: 'votes',
  thirdVotes: 'third votes',
  expansions: 'new samples',
  judging: 'solver and critic',
  difficulty: 'answers to new samples',
  heldOut: 'held-out answers',
};

function estimateText({ parts, totals, budgets, notes }: RunEstimate): string {
  const header = ['round', 'stage', 'what', 'model', 'requests', 'done', '', 'prompt tokens', 'answer tokens', 'money', 'time'];
  const rows = parts.map((part) => [
    String(part.round),
    part.stage,
    kindNames[part.kind],
    part.model,
    String(part.requests),
    String(part.done),
    part.basis,
    tokens(part.promptTokens, part.tokensBy),
    tokens(part.completionTokens, part.tokensBy),
    money(part.money),
    part.seconds === undefined ? '' : duration(part.seconds),
  ]);
  const sum = ['', '', 'in all', '', String(totals.requests), '', '', String(totals.promptTokens), String(totals.completionTokens), money(totals.money), totals.seconds === undefined ? '' : duration(totals.seconds)];
  const checks = budgets.map(({ budget, limit, needed, enough }) => `Budget of ${budget}: ${limit}; needed: ${round(needed)}. ${enough ? 'It is enough.' : 'The job will stop when it is spent, and the same command goes on with a new one.'}`);
  return ['What is still to be sent. Nothing was sent or written.', '', formatTable([header, ...rows, sum], { rightFrom: 4 }), ...(checks.length === 0 ? [] : ['', ...checks]), ...(notes.length === 0 ? [] : ['', ...notes])].join('\n');
}

function tokens(count: number, by: EstimatePart['tokensBy']): string {
  return `${by === 'characters' && count > 0 ? '~' : ''}${count}`;
}

function money(value: number | undefined): string {
  return value === undefined ? '' : round(value);
}

function round(value: number): string {
  return String(value >= 100 ? Math.round(value) : Number(value.toPrecision(3)));
}
