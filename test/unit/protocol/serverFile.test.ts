import { expect, it } from 'vitest';
import { serverFileSchema } from '../../../src/protocol/serverFile.ts';

const accepts = (baseUrl: string) => serverFileSchema.safeParse({ v: 1, pid: 1, host: 'here', baseUrl, key: 'secret', startedAt: '' }).success;

it.each(['http://127.0.0.1:8000/v1', 'http://127.1.2.3/v1', 'http://[::1]:8000/v1', 'http://localhost:1/v1'])('the key may go to %s', (baseUrl) => {
  expect(accepts(baseUrl)).toBe(true);
});

it.each(['https://127.0.0.1/v1', 'http://192.168.0.1/v1', 'http://127.0.0.1.example.org/v1', 'http://localhost.example.org/v1', 'http://127.0.0.1@example.org/v1', 'http://user:pw@127.0.0.1/v1', 'file:///etc/passwd', 'nonsense', ''])(
  'the key must not go to %s',
  (baseUrl) => {
    expect(accepts(baseUrl)).toBe(false);
  },
);
