// Made by `npm run generate` from the files in dialects/. Do not edit.
import { dialect as acebench } from './dialects/acebench.ts';
import { dialect as apiBank } from './dialects/apiBank.ts';
import { dialect as bfcl } from './dialects/bfcl.ts';
import { dialect as bfclMultiTurn } from './dialects/bfclMultiTurn.ts';
import { dialect as callNavi } from './dialects/callNavi.ts';
import { dialect as companion } from './dialects/companion.ts';
import { dialect as hammer } from './dialects/hammer.ts';
import { dialect as hermes } from './dialects/hermes.ts';
import { dialect as llamafactoryV1 } from './dialects/llamafactoryV1.ts';
import { dialect as looptool } from './dialects/looptool.ts';
import { dialect as mistral } from './dialects/mistral.ts';
import { dialect as nestful } from './dialects/nestful.ts';
import { dialect as openaiChat } from './dialects/openaiChat.ts';
import { dialect as responses } from './dialects/responses.ts';
import { dialect as rotBench } from './dialects/rotBench.ts';
import { dialect as sealTools } from './dialects/sealTools.ts';
import { dialect as sharegpt } from './dialects/sharegpt.ts';
import { dialect as tau2Tasks } from './dialects/tau2Tasks.ts';
import { dialect as tauBench } from './dialects/tauBench.ts';
import { dialect as tauFewShot } from './dialects/tauFewShot.ts';
import { dialect as toolAlpaca } from './dialects/toolAlpaca.ts';
import { dialect as toolBench } from './dialects/toolBench.ts';
import { dialect as toolTalk } from './dialects/toolTalk.ts';
import { dialect as toolace } from './dialects/toolace.ts';
import { dialect as toolrl } from './dialects/toolrl.ts';
import { dialect as toolrlApiBank } from './dialects/toolrlApiBank.ts';
import { dialect as toolset } from './dialects/toolset.ts';
import { dialect as trl } from './dialects/trl.ts';
import { dialect as verl } from './dialects/verl.ts';
import { dialect as when2call } from './dialects/when2call.ts';
import { dialect as when2callSft } from './dialects/when2callSft.ts';
import { dialect as xlam } from './dialects/xlam.ts';
import type { Dialect } from './dialect.ts';

export const dialects: readonly Dialect[] = [
  acebench,
  apiBank,
  bfcl,
  bfclMultiTurn,
  callNavi,
  companion,
  hammer,
  hermes,
  llamafactoryV1,
  looptool,
  mistral,
  nestful,
  openaiChat,
  responses,
  rotBench,
  sealTools,
  sharegpt,
  tau2Tasks,
  tauBench,
  tauFewShot,
  toolAlpaca,
  toolBench,
  toolTalk,
  toolace,
  toolrl,
  toolrlApiBank,
  toolset,
  trl,
  verl,
  when2call,
  when2callSft,
  xlam,
];
