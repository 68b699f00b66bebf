import type { RunnerEvent } from '../protocol/runnerEvents.ts';

export type ProgressEvent = Extract<RunnerEvent, { type: 'progress' }>;

/** `round 1 probe  [=====     ] 412/1600  85/s  14 s left  …` */
export function progressText(event: ProgressEvent): string {
  const parts = [`round ${event.round}`, event.stage.padEnd(8)];
  if (event.total > 0) parts.push(bar(event.done / event.total), `${event.done}/${event.total}`);
  if (event.rate > 0) parts.push(event.rate >= 10 ? `${Math.round(event.rate)}/s` : `${event.rate.toFixed(1)}/s`);
  if (event.secondsLeft !== undefined && event.done < event.total) parts.push(`${duration(event.secondsLeft)} left`);
  if (event.detail !== undefined) parts.push(event.detail);
  const reward = event.metrics?.['reward'];
  if (reward !== undefined) parts.push(`reward ${reward.toFixed(2)}`);
  return parts.join(' ');
}

function bar(share: number): string {
  const width = 16;
  const filled = Math.round(Math.min(1, Math.max(0, share)) * width);
  return `[${'='.repeat(filled)}${' '.repeat(width - filled)}]`;
}

export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
}
