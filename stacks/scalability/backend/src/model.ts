/** The language model: OpenAI's chat-completions over HTTP, whole or streamed. */

import { Pool } from 'undici';
import type { Settings } from './settings.js';
import { ModelFailed } from './problems.js';
import { isStorable } from './text.js';

export interface Turn {
  readonly role: string;
  readonly content: string;
}

/** An answer, and the model's count of tokens. */
export interface Answer {
  readonly content: string;
  readonly promptTokens: number;
  readonly completionTokens: number;
}

interface Usage {
  readonly prompt_tokens: unknown;
  readonly completion_tokens: unknown;
}

interface Chunk {
  readonly choices: readonly { readonly delta: { readonly content?: unknown } }[];
  readonly usage?: Usage | null;
}

type Text = AsyncIterable<string>;

const CONNECT_MS = 5_000;
const LARGEST_COUNT = 2 ** 31 - 1;
const DATA = 'data:';

export class Model {
  private readonly pool: Pool;
  private readonly path: string;
  private readonly headers: Record<string, string>;
  private readonly timeout: number;

  constructor({ url, key, timeout }: Settings['model']) {
    const { origin, pathname } = new URL(url);
    // No limit of connections: nobody waits for a free one while the model is slow.
    this.pool = new Pool(origin, {
      connections: null,
      connect: { timeout: CONNECT_MS },
      headersTimeout: timeout * 1000,
      bodyTimeout: timeout * 1000,
    });
    this.path = `${pathname}/chat/completions`;
    this.headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    this.timeout = timeout * 1000;
  }

  close(): Promise<void> {
    return this.pool.close();
  }

  /** The whole answer; throws ModelFailed. */
  async complete(turns: readonly Turn[]): Promise<Answer> {
    return this.ask(turns, {}, undefined, async (text) => {
      let whole = '';
      for await (const part of text) whole += part;
      const body = JSON.parse(whole) as { choices: [{ message: Turn }]; usage: Usage };
      return answer(body.choices[0].message.content, body.usage);
    });
  }

  /**
   * The answer, of which `pass` is given the parts, all that came in one piece at a time.
   *
   * Throws ModelFailed, also for an answer that ends without `[DONE]` or usage: it was cut off.
   */
  async stream(
    turns: readonly Turn[],
    hungUp: AbortSignal,
    pass: (parts: readonly string[]) => void,
  ): Promise<Answer> {
    const options = { stream: true, stream_options: { include_usage: true } };
    return this.ask(turns, options, hungUp, async (text) => {
      let content = '';
      let usage: Usage | null | undefined;
      let done = false;
      for await (const events of eventsIn(text)) {
        const parts: string[] = [];
        for (const event of events) {
          if (event === '[DONE]') {
            done = true;
            continue;
          }
          const chunk = JSON.parse(event) as Chunk;
          usage = chunk.usage ?? usage;
          for (const { delta } of chunk.choices) {
            if (delta.content) parts.push(textual(delta.content));
          }
        }
        content += parts.join('');
        if (parts.length > 0) pass(parts);
      }
      if (!done) throw new ModelFailed('its answer was cut off');
      return answer(content, usage);
    });
  }

  private async ask(
    turns: readonly Turn[],
    options: Record<string, unknown>,
    hungUp: AbortSignal | undefined,
    read: (text: Text) => Promise<Answer>,
  ): Promise<Answer> {
    const common = { model: 'bakeoff-1', temperature: 0, messages: turns };
    const body = JSON.stringify({ ...common, ...options });
    const late = AbortSignal.timeout(this.timeout);
    const signal = hungUp ? AbortSignal.any([hungUp, late]) : late;
    const { path, headers } = this;
    try {
      const response = await this.pool.request({ method: 'POST', path, headers, body, signal });
      if (response.statusCode !== 200) {
        await response.body.dump();
        throw new ModelFailed(`it answered with status ${response.statusCode}`);
      }
      return await read(response.body.setEncoding('utf8') as Text);
    } catch (error) {
      if (error instanceof ModelFailed) throw error;
      throw new ModelFailed(late.aborted ? 'it took too long' : String(error), { cause: error });
    }
  }
}

/** The data of server-sent events, all that came in one piece at a time. */
async function* eventsIn(text: Text): AsyncGenerator<string[]> {
  let rest = '';
  for await (const piece of text) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    const events = lines.filter((line) => line.startsWith(DATA));
    yield events.map((line) => line.slice(DATA.length).trim());
  }
}

function answer(content: unknown, usage: Usage | null | undefined): Answer {
  return {
    content: textual(content),
    promptTokens: count(usage?.prompt_tokens),
    completionTokens: count(usage?.completion_tokens),
  };
}

function textual(content: unknown): string {
  if (typeof content === 'string' && isStorable(content)) return content;
  throw new ModelFailed('its answer is no text that can be stored');
}

function count(value: unknown): number {
  const fits = Number.isInteger(value) && Number(value) >= 0 && Number(value) <= LARGEST_COUNT;
  if (fits) return Number(value);
  throw new ModelFailed('its answer has no counts of tokens');
}
