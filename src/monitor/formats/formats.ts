import type { FormatName } from '../rules.ts';
import type { ReadLine } from '../text.ts';
import { readHfTrainer } from './hf-trainer.ts';
import { readLlmC, readMegatron, readNanogpt, readNemo, readTorchtitan } from './pretraining.ts';
import { readTqdm } from './progress-bar.ts';

/** How a line of each trainer is read. Lightning writes a CSV file. */
export const lineFormats: Readonly<Record<Exclude<FormatName, 'lightning'>, ReadLine>> = {
  'hf-trainer': readHfTrainer,
  nemo: readNemo,
  megatron: readMegatron,
  torchtitan: readTorchtitan,
  nanogpt: readNanogpt,
  'llm-c': readLlmC,
  tqdm: readTqdm,
};
