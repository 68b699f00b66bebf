import type { IncomingMessage } from 'node:http';
import type * as z from 'zod';
import { parseJson } from '../../../core/json/parse.ts';
import { ApiError, badRequest } from '../apiError.ts';

/** Reads a JSON body and checks it. Throws ApiError 400 or 413. */
export async function readBody<T>(request: IncomingMessage, limitBytes: number, schema: z.ZodType<T>): Promise<T> {
  const text = await readText(request, limitBytes);
  const parsed = parseJson(text);
  if (!parsed.ok) throw badRequest(`The body is not JSON: ${parsed.message} (character ${parsed.offset}).`, null, 'invalid_json');
  const checked = schema.safeParse(parsed.value);
  if (checked.success) return checked.data;
  const issue = checked.error.issues[0];
  const param = issue?.path.map(String).join('.') ?? '';
  throw badRequest(param === '' ? `The body is not as expected: ${issue?.message ?? ''}` : `${param}: ${issue?.message ?? ''}`, param === '' ? null : param, 'invalid_value');
}

/** A client that still writes does not read, so a body that is too large is taken in and thrown away, up to this many times the limit. */
const DISCARDED_LIMITS = 4;

async function readText(request: IncomingMessage, limitBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  // Without an encoding a request gives buffers.
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= limitBytes) chunks.push(chunk);
    else chunks.length = 0;
    if (size > DISCARDED_LIMITS * limitBytes) break;
  }
  if (size > limitBytes) throw new ApiError(413, 'invalid_request_error', `The body is larger than ${limitBytes} bytes.`, 'body_too_large');
  return Buffer.concat(chunks).toString('utf8');
}
