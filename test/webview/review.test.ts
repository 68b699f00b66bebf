import { afterEach, describe, expect, it } from 'vitest';
import { reviewPair, variedPairs, type PairOptions } from '../builders/reviewPairs.ts';
import { openReviewPage, type ReviewPage, type ReviewPageOptions } from './support/reviewPage.ts';

let opened: ReviewPage | undefined;
afterEach(async () => {
  await opened?.close();
  opened = undefined;
});

async function review(cases: readonly PairOptions[], options: ReviewPageOptions = {}): Promise<ReviewPage> {
  opened = await openReviewPage(cases.map((c, i) => reviewPair(i, c)), options);
  await opened.page.locator('looptool-review footer').waitFor();
  return opened;
}

const at = async (r: ReviewPage, place: string): Promise<void> => r.page.locator('header h1', { hasText: place }).waitFor();
const decisions = (r: ReviewPage): readonly string[] => r.log.lines.operations.flatMap((o) => (o.op === 'decide' ? [o.ruling] : []));

describe('the review page over its session', () => {
  it('works by keys right after it has loaded, without a click', async () => {
    const r = await review([{}, {}, {}]);
    await r.page.keyboard.press('k');
    await at(r, '2 of 3');
    await r.page.keyboard.press('p');
    await at(r, '3 of 3');
    expect(decisions(r)).toEqual(['keepLabel', 'takePrediction']);
    expect(r.errors).toEqual([]);
    expect(r.refused).toEqual([]);
  });

  it('undoes and redoes, and shows the sample of each', async () => {
    const r = await review([{}, {}, {}]);
    await r.page.keyboard.press('b');
    await at(r, '2 of 3');
    await r.page.keyboard.press('u');
    await at(r, '1 of 3');
    await r.page.locator('header', { hasText: '3 undecided' }).waitFor();
    await r.page.keyboard.press('Shift+U');
    await r.page.locator('header', { hasText: '2 undecided' }).waitFor();
    expect(r.log.lines.operations.map((o) => o.op)).toEqual(['decide', 'undo', 'undo']);
  });

  it('decides once however often the key is pressed while the decision is being stored', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => { release = resolve; });
    const r = await review([{}, {}, {}], { answer: async (request, handle) => { if (request.type === 'decide') await held; return handle(); } });
    for (const key of ['k', 'k', 'p', 'ArrowRight', 'u']) await r.page.keyboard.press(key);
    release();
    await at(r, '2 of 3');
    expect(r.requests.map((q) => q.type)).toEqual(['ready', 'decide']);
  });

  it('keeps a note that is being typed when the host pushes, stores it with the decision, and no key of it decides', async () => {
    const r = await review([{}, {}]);
    await r.page.keyboard.press('m');
    await r.page.keyboard.type('keep: both ask for Lyon');
    // Somebody else decides on the other sample meanwhile.
    const other = r.source.pairs[1]?.sample;
    if (other) r.log.lines.write([{ v: 1, op: 'decide', id: 'other', at: '2026-01-02T03:04:06Z', by: 'somebody', sampleId: other.id, labelHash: other.labelHash, ruling: 'keepLabel' }]);
    await r.page.locator('header', { hasText: '1 undecided' }).waitFor();
    expect(await r.page.locator('.note textarea').inputValue()).toBe('keep: both ask for Lyon');
    await r.page.keyboard.press('Escape');
    await r.page.keyboard.press('w');
    await at(r, '2 of 2');
    expect(r.log.lines.operations.at(-1)).toMatchObject({ op: 'decide', ruling: 'bothWrong', note: 'keep: both ask for Lyon' });
    expect(await r.page.locator('.note textarea').inputValue()).toBe('');
  });

  it('shows the judge in blind mode only after the decision', async () => {
    const r = await review([{ analysis: 'SECRET REASON' }, { analysis: 'SECRET REASON' }], { session: { blind: true } });
    expect(await r.page.locator('.judge').textContent()).not.toContain('SECRET');
    expect(await r.page.locator('.hidden-judge').count()).toBe(1);
    await r.page.keyboard.press('k');
    await at(r, '2 of 2');
    await r.page.keyboard.press('ArrowLeft');
    await at(r, '1 of 2');
    expect(await r.page.locator('.judge').textContent()).toContain('SECRET REASON');
  });

  it('finds by text, says when nothing is found, and leads back', async () => {
    const r = await review([{ request: 'weather in Bergen' }, {}, {}]);
    await r.page.keyboard.press('/');
    await r.page.keyboard.type('bergen');
    await at(r, '1 of 1');
    await r.page.keyboard.type(' nowhere');
    await r.page.locator('.end.filtered').waitFor();
    await r.page.locator('.end .clear').click();
    await at(r, '1 of 3');
    expect(decisions(r)).toEqual([]);
  });

  it('filters by a facet, counts what it holds and saves the queue', async () => {
    const r = await review(variedPairs(16).map(() => ({})), {});
    await r.page.keyboard.press('f');
    await r.page.locator('#filters fieldset.verdicts input').first().click();
    await r.page.locator('button.filters', { hasText: '(1)' }).waitFor();
    await r.page.locator('button.save').click();
    await r.page.keyboard.type('mine');
    await r.page.keyboard.press('Enter');
    await r.page.locator('select.queues').waitFor();
    expect(await r.page.locator('select.queues').textContent()).toContain('mine');
  });

  it('previews a decision for all, and one undo takes it back', async () => {
    const r = await review([{}, {}, {}, { prediction: { kind: 'TRUNCATED', calls: [], text: '', warnings: ['cut off'] } }]);
    await r.page.keyboard.press('Shift+P');
    await r.page.locator('looptool-modal .samples').waitFor();
    expect(await r.page.locator('looptool-modal .count').textContent()).toContain('3 samples');
    expect(await r.page.locator('looptool-modal .left-out').textContent()).toContain('1:');
    expect(decisions(r)).toEqual([]);
    await r.page.locator('looptool-modal .apply').click();
    await r.page.locator('header', { hasText: '1 undecided' }).waitFor();
    expect(decisions(r)).toEqual(['takePrediction', 'takePrediction', 'takePrediction']);
    await r.page.keyboard.press('u');
    await r.page.locator('header', { hasText: '4 undecided' }).waitFor();
  });

  it('offers the decision for the others with the same difference', async () => {
    const r = await review([{}, {}, {}]);
    await r.page.keyboard.press('p');
    await r.page.locator('.offer').waitFor();
    await r.page.keyboard.press('t');
    await r.page.locator('looptool-modal .apply', { hasText: '2' }).click();
    await r.page.locator('header', { hasText: '0 undecided' }).waitFor();
    expect(decisions(r)).toHaveLength(3);
  });

  it('does not take an incomplete prediction, and says what else one can do', async () => {
    const r = await review([{ prediction: { kind: 'TRUNCATED', calls: [], text: '', warnings: ['cut off'] } }]);
    await r.page.keyboard.press('p');
    await r.page.locator('.failure', { hasText: 'press E' }).waitFor();
    expect(decisions(r)).toEqual([]);
    expect(await r.page.locator('footer button', { hasText: 'Take prediction' }).isDisabled()).toBe(true);
  });

  it('reaches the end, says what is undecided and what comes next', async () => {
    const r = await review([{}, {}]);
    await r.page.keyboard.press('p');
    await at(r, '2 of 2');
    await r.page.keyboard.press('s');
    await r.page.locator('.end.done').waitFor();
    expect(await r.page.locator('.end').textContent()).toContain('1 of 2 decided');
    await r.page.keyboard.press('a');
    await r.page.locator('.notice', { hasText: '1 applied.' }).waitFor();
    await r.page.keyboard.press('n');
    await at(r, '2 of 2');
  });

  it('asks the judge again without stopping the review, and opens, exports and copies', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => { release = resolve; });
    const r = await review([{}, {}], { answer: async (request, handle) => { if (request.type === 'askAgain') await held; return handle(); } });
    await r.page.keyboard.press('j');
    await r.page.locator('.notice', { hasText: 'Asking the judge' }).waitFor();
    await r.page.keyboard.press('k');
    await at(r, '2 of 2');
    release();
    await r.page.locator('.notice', { hasText: 'Asking' }).waitFor({ state: 'detached' }).catch(() => undefined);
    await r.page.keyboard.press('o');
    await r.page.keyboard.press('x');
    // What it announces would come over what the copy says.
    await r.page.locator('.notice', { hasText: 'Copied as Markdown' }).waitFor();
    await r.page.keyboard.press('g');
    await r.page.locator('.notice', { hasText: 'Copied as JSON' }).waitFor();
    const copied: unknown = JSON.parse(await r.page.evaluate(async () => navigator.clipboard.readText()));
    expect(copied).toMatchObject({ label: { kind: 'calls' }, prediction: { kind: 'CALL' } });
    expect(r.asked.map((a) => a.split(' ')[0])).toEqual(['judge', 'open', 'issue']);
  });

  it('says so when the host fails, and goes on with the next thing that works', async () => {
    let broken = true;
    const r = await review([{}, {}], { answer: async (request, handle) => (request.type === 'decide' && broken ? { type: 'failure', requestId: request.requestId, message: 'The disk is full. Make room, then press the key again.' } : handle()) });
    await r.page.keyboard.press('k');
    await r.page.locator('.failure[role=alert]', { hasText: 'disk is full' }).waitFor();
    await at(r, '1 of 2');
    broken = false;
    await r.page.keyboard.press('k');
    await at(r, '2 of 2');
    expect(await r.page.locator('.failure').count()).toBe(0);
  });

  it('tells a screen reader where one is and what was stored', async () => {
    const r = await review([{}, {}]);
    await r.page.keyboard.press('k');
    await at(r, '2 of 2');
    const said = await r.page.locator('.said[aria-live=polite]').textContent();
    expect(said).toContain('Label kept.');
    expect(said).toContain('Sample 2 of 2.');
    expect(said).toContain('Judge: the label is wrong.');
  });
});
