import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { ApiError } from '../apiError.ts';

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Keeps web pages out. A page may reach loopback ports by fetch (then it sends Origin) or by a name of its own that
 * resolves to 127.0.0.1 (then Host is that name); programs do neither.
 */
export function refuseBrowsers(request: IncomingMessage): void {
  const host = /^(.*?)(?::\d+)?$/.exec(request.headers.host ?? '')?.[1] ?? '';
  if (!LOOPBACK.has(host.toLowerCase())) throw new ApiError(403, 'permission_error', 'This server answers on the loopback address only.', 'host_not_allowed');
  if (request.headers.origin !== undefined) throw new ApiError(403, 'permission_error', 'This server does not answer web pages.', 'origin_not_allowed');
}

/** Without a configured key everyone on this machine may ask. */
export function requireKey(request: IncomingMessage, key: string | undefined): void {
  if (key === undefined || hasKey(request, key)) return;
  const given = request.headers.authorization !== undefined;
  throw new ApiError(401, 'authentication_error', given ? 'The API key is not the one of this server.' : 'This server needs an API key: Authorization: Bearer KEY.', 'invalid_api_key');
}

/** For what changes the server: refused altogether when there is no key to prove that the caller may. */
export function requireOwner(request: IncomingMessage, key: string | undefined): void {
  if (key === undefined) throw new ApiError(403, 'permission_error', 'This server was started without a key and takes no commands.', 'no_server_key');
  requireKey(request, key);
}

function hasKey(request: IncomingMessage, key: string): boolean {
  const given = /^Bearer +(.*)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
  // Digests have one length, which timingSafeEqual wants, and say nothing about the key's.
  return timingSafeEqual(digest(given.trim()), digest(key));
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
