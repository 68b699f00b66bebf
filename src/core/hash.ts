import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** SHA-256 as 64 lower-case hex digits; a text is hashed as UTF-8 (lone surrogates become U+FFFD). */
export type Sha256Hex = (text: string | Uint8Array) => string;

const portable: Sha256Hex = (text) => bytesToHex(sha256(typeof text === 'string' ? utf8ToBytes(text) : text));

let inUse: Sha256Hex = portable;

/** Hosts that have a faster one put it in here, once, when they start; it has to give the same. */
export function useSha256(hash: Sha256Hex): void {
  inUse = hash;
}

export const sha256Hex: Sha256Hex = (text) => inUse(text);
