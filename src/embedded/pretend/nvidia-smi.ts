import { join } from 'node:path';
import { answerNvidiaSmi } from '../nvidia/answer.ts';

const answer = answerNvidiaSmi(process.argv.slice(2), join(import.meta.dirname, '..'), Date.now());
process.stdout.write(answer.text);
process.exitCode = answer.exitCode;
