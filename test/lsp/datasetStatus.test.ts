import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { datasetStatusSchema, dialectsResult, statusResult, type DatasetStatus } from '../../src/protocol/lsp/datasetStatus.ts';
import { dialectMethod, dialectsMethod, statusMethod } from '../../src/protocol/lsp/methods.ts';
import { callBlock, looptoolRow, weatherTool } from '../builders/datasetText.ts';
import { dialectRows } from '../builders/dialectRows.ts';
import { Session } from './support/session.ts';

let session: Session;
const told: DatasetStatus[] = [];

beforeAll(async () => {
  session = await Session.start({
    hook: (connection) => {
      connection.onNotification(statusMethod, (params) => void told.push(datasetStatusSchema.parse(params)));
      connection.onRequest('workspace/diagnostic/refresh', () => null);
    },
  });
});

afterAll(() => session.stop());

const status = async (uri: string) => statusResult.parse(await session.connection.sendRequest(statusMethod, { uri }));

async function eventually<T>(look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('the status of a dataset', () => {
  test.each(dialectRows)('names %s (%s), and counts records, samples and findings', async (dialect, what, row) => {
    const text = JSON.stringify(row);
    const document = await session.open(`${dialect} ${what}.jsonl`, `${text}\n${text}\n`);
    expect(await status(document.uri)).toMatchObject({ dialect: { id: dialect }, chosen: false, records: 2, findings: null, busy: true });
    await document.diagnostics();
    const found = await eventually(async () => {
      const now = await status(document.uri);
      return now?.samples === null ? undefined : (now ?? undefined);
    });
    expect(found).toMatchObject({ busy: false, findings: { error: expect.any(Number) as number } });
    expect(found.samples).toBeGreaterThanOrEqual(2);
    await document.close();
  });

  test('is told when it changes', async () => {
    const wrong = looptoolRow([weatherTool], callBlock('get_weather', { city: 'Paris', days: '3' }));
    const document = await session.open('told.jsonl', `${wrong}\n`);
    await document.diagnostics();
    await eventually(() => told.find((one) => one.uri === document.uri && one.findings?.error === 1));
    await document.setText(`${wrong}\n${wrong}\n`);
    await document.diagnostics();
    expect(await eventually(() => told.find((one) => one.uri === document.uri && one.findings?.error === 2))).toMatchObject({ records: 2 });
    await document.close();
  });

  test('follows the dialect that is chosen, also before the document is open, until it is recognised again', async () => {
    const row = looptoolRow([weatherTool], callBlock('get_weather', { city: 'Paris' }));
    await session.connection.sendRequest(dialectMethod, { uri: 'file:///data/chosen.jsonl', dialect: 'xlam' });
    const document = await session.open('chosen.jsonl', `${row}\n`);
    expect(await status(document.uri)).toMatchObject({ dialect: { id: 'xlam' }, chosen: true });
    expect((await document.diagnostics()).map(({ code }) => code)).toEqual(['unreadable-record']);
    await session.connection.sendRequest(dialectMethod, { uri: document.uri, dialect: null });
    expect(await status(document.uri)).toMatchObject({ dialect: { id: 'looptool' }, chosen: false });
    expect(await document.diagnostics()).toEqual([]);
    await session.connection.sendRequest(dialectMethod, { uri: document.uri, dialect: 'no-such' });
    expect(await status(document.uri)).toMatchObject({ dialect: { id: 'looptool' }, chosen: false });
    await document.close();
  });

  test('lists all dialects, the surest first, and nothing for documents that are not open', async () => {
    const document = await session.open('ranked.jsonl', `${looptoolRow([weatherTool], callBlock('get_weather', { city: 'Paris' }))}\n`);
    const ranked = dialectsResult.parse(await session.connection.sendRequest(dialectsMethod, document.id));
    expect(ranked[0]).toMatchObject({ id: 'looptool', confidence: 1 });
    expect(ranked.length).toBeGreaterThan(30);
    await document.close();
    expect(await status(document.uri)).toBeNull();
    expect(await session.connection.sendRequest(dialectsMethod, document.id)).toEqual([]);
    expect(await session.connection.sendRequest(statusMethod, { nonsense: 1 })).toBeNull();
  });
});
