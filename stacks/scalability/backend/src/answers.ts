/** Prompts, and answers to them: those that are known, or the model's. */

import type { FastifyBaseLogger } from 'fastify';
import { isOutage, type Database } from './database.js';
import { digest } from './keys.js';
import type { Answer, Model, Turn } from './model.js';

/** An answer, and whether it was known before. */
export interface Answered extends Answer {
  readonly cached: boolean;
}

interface Row {
  readonly content: string;
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
}

const SYSTEM: Turn = { role: 'system', content: 'You are a helpful assistant.' };
const FIND = `SELECT content, prompt_tokens, completion_tokens FROM chat_cache.answers
  WHERE prompt = ?`;
const KEEP = `INSERT INTO chat_cache.answers (prompt, content, prompt_tokens, completion_tokens)
  VALUES (?, ?, ?, ?) USING TTL ?`;

/** The messages for the model: system, what was said before (oldest first), the question. */
export class Prompt {
  readonly turns: readonly Turn[];
  readonly digest: Buffer;

  constructor(history: readonly Turn[], question: string) {
    this.turns = [SYSTEM, ...history, { role: 'user', content: question }];
    this.digest = digest(JSON.stringify(this.turns));
  }
}

export class Answers {
  constructor(
    private readonly database: Database,
    private readonly model: Model,
    private readonly ttl: number,
    private readonly log: FastifyBaseLogger,
  ) {}

  /** The whole answer; throws ModelFailed. */
  async whole({ turns, digest }: Prompt): Promise<Answered> {
    const known = await this.known(digest);
    return known ?? { ...(await this.model.complete(turns)), cached: false };
  }

  /** The answer, of which `pass` is given the parts as they come; throws ModelFailed. */
  async inParts(
    { turns, digest }: Prompt,
    hungUp: AbortSignal,
    pass: (parts: readonly string[]) => void,
  ): Promise<Answered> {
    const known = await this.known(digest);
    if (known?.content) pass([known.content]);
    return known ?? { ...(await this.model.stream(turns, hungUp, pass)), cached: false };
  }

  /** Keeps a new answer. It may be lost: then the model is asked again. */
  async keep({ digest }: Prompt, answered: Answered): Promise<void> {
    if (answered.cached) return;
    const { content, promptTokens, completionTokens } = answered;
    try {
      await this.database.write(KEEP, digest, content, promptTokens, completionTokens, this.ttl);
    } catch (error) {
      this.absent(error);
    }
  }

  private async known(prompt: Buffer): Promise<Answered | undefined> {
    try {
      const row = await this.database.row<Row>(FIND, prompt);
      if (row === undefined) return undefined;
      const { content, prompt_tokens: promptTokens, completion_tokens: completionTokens } = row;
      return { content, promptTokens, completionTokens, cached: true };
    } catch (error) {
      return this.absent(error);
    }
  }

  private absent(error: unknown): undefined {
    if (!isOutage(error)) throw error;
    this.log.warn(`answers cannot be kept or found: ${String(error)}`);
  }
}
