import type { StageName } from '../../core/rounds/manifest.ts';
import type { RunnerEvent } from '../../protocol/runnerEvents.ts';
import { progressText, type ProgressEvent } from '../progressLine.ts';
import { reportText } from './reportTable.ts';
import type { Writer } from './writer.ts';

export type Terminal = { readonly isTTY?: boolean; readonly columns?: number; write(text: string): unknown };

const plainLineEveryMs = 2000;

/** For people: one live line on a terminal, else at most one plain line every two seconds for each stage. */
export function humanWriter(out: Terminal, errors: Terminal, now: () => number): Writer {
  const live = out.isTTY === true;
  let lastPlainMs = -Infinity;
  let lineIsOpen = false;
  const clear = () => {
    if (lineIsOpen) out.write('\r\u001b[2K');
    lineIsOpen = false;
  };
  const line = (text: string) => {
    clear();
    out.write(`${text}\n`);
  };
  const progress = (event: ProgressEvent) => {
    const text = progressText(event);
    if (live) {
      clear();
      out.write(text.slice(0, (out.columns ?? 80) - 1));
      lineIsOpen = true;
    } else if (now() - lastPlainMs >= plainLineEveryMs) {
      lastPlainMs = now();
      out.write(`${text}\n`);
    }
  };
  return {
    event(event) {
      if (event.type === 'progress') progress(event);
      else if (event.type === 'stage-start') lastPlainMs = -Infinity;
      else textOf(event).forEach(line);
    },
    result(_command, _data, text) {
      line(text);
    },
    error(_code, message) {
      clear();
      errors.write(`${message}\n`);
    },
  };
}

function textOf(event: Exclude<RunnerEvent, { type: 'progress' | 'stage-start' }>): readonly string[] {
  switch (event.type) {
    case 'job-start':
      return [`LoopTool ${event.command} in ${event.project} (job ${event.jobId})`];
    case 'stage-end': {
      const counts = event.stage === 'evaluate' ? accuracies(event.counts) : Object.entries(event.counts).map(([name, count]) => `${name} ${Number.isInteger(count) ? count : count.toFixed(3)}`);
      return [`round ${event.round} ${event.stage.padEnd(8)} ${event.partial === true ? partialText(event.stage) : event.status}${counts.length > 0 ? `: ${counts.join(', ')}` : ''}`, ...event.notes.map((note) => `  ${note}`)];
    }
    case 'note':
      return [`  ${event.message}`];
    case 'warning':
      return [`  Warning: ${event.message}`];
    case 'round-report':
      return ['', reportText(event.report).trimEnd(), ''];
    case 'result':
    case 'reading':
      return [];
    case 'job-end':
      return event.status === 'done' ? [] : [event.message ?? event.status];
  }
}

/** A stage that is not over yet must not read as one that is. */
function partialText(stage: StageName): string {
  return stage === 'evaluate' ? 'held-out measured before training' : 'done in part';
}

/** Of the counts `<set>.<phase>.samples` and `.right`, the latest phase of each set as a share. */
function accuracies(counts: Readonly<Record<string, number>>): readonly string[] {
  const shares = new Map<string, string>();
  for (const phase of ['before', 'after']) {
    const end = `.${phase}.samples`;
    for (const [name, samples] of Object.entries(counts)) {
      if (!name.endsWith(end)) continue;
      const set = name.slice(0, -end.length);
      const right = counts[`${set}.${phase}.right`] ?? 0;
      shares.set(set, `${set} ${((100 * right) / Math.max(1, samples)).toFixed(1)} % ${phase} training`);
    }
  }
  return [...shares.values()];
}
