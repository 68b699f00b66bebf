// Made by `npm run generate` from the files in dialects/. Do not edit.
import { dialect as hermes } from './dialects/hermes.ts';
import { dialect as looptool } from './dialects/looptool.ts';
import { dialect as mistral } from './dialects/mistral.ts';
import { dialect as openaiChat } from './dialects/openaiChat.ts';
import { dialect as sharegpt } from './dialects/sharegpt.ts';
import { dialect as toolace } from './dialects/toolace.ts';
import { dialect as trl } from './dialects/trl.ts';
import type { Dialect } from './dialect.ts';

export const dialects: readonly Dialect[] = [
  hermes,
  looptool,
  mistral,
  openaiChat,
  sharegpt,
  toolace,
  trl,
];
