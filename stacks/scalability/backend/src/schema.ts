/**
 * The tables, one for each question that is asked of them.
 *
 * Ids are version 1 UUIDs, so clustering by id is clustering by time.
 */

const KEYSPACE = `WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`;
const NEWEST_FIRST = 'CLUSTERING ORDER BY (id DESC)';

export const STATEMENTS: readonly string[] = [
  `CREATE KEYSPACE IF NOT EXISTS chat ${KEYSPACE}`,
  // Answers can be asked of the model again, so they are kept out of the commit log.
  `CREATE KEYSPACE IF NOT EXISTS chat_cache ${KEYSPACE} AND durable_writes = false`,

  // By name: to sign up and in. Written by lightweight transactions alone.
  `CREATE TABLE IF NOT EXISTS chat.users (
     name text PRIMARY KEY, id timeuuid, password_hash text
   )`,

  // By the SHA-256 of a token: who is this? The user's name is here, to need no second read.
  `CREATE TABLE IF NOT EXISTS chat.sessions (
     digest blob PRIMARY KEY, user_id timeuuid, name text
   ) WITH default_time_to_live = 604800`,

  // By user: the list of conversations. message_count is a copy of the one in messages.
  `CREATE TABLE IF NOT EXISTS chat.conversations (
     user_id timeuuid, id timeuuid, title text, message_count int,
     PRIMARY KEY (user_id, id)
   ) WITH ${NEWEST_FIRST}`,

  // By conversation: its messages, its owner, and how many messages it has. message_count and the
  // rows are written by lightweight transactions alone, user_id never is.
  `CREATE TABLE IF NOT EXISTS chat.messages (
     conversation_id timeuuid, id timeuuid, user_id timeuuid static, message_count int static,
     role text, content text, cached boolean, tokens int, answer_id timeuuid,
     PRIMARY KEY (conversation_id, id)
   ) WITH ${NEWEST_FIRST}`,

  // By user and word: the messages that hold it.
  `CREATE TABLE IF NOT EXISTS chat.message_words (
     user_id timeuuid, word text, id timeuuid, conversation_id timeuuid,
     PRIMARY KEY (user_id, word, id)
   ) WITH CLUSTERING ORDER BY (word ASC, id DESC)`,

  // By user, path and key: who carries a write out, and what it makes. Written by lightweight
  // transactions alone.
  `CREATE TABLE IF NOT EXISTS chat.idempotency_keys (
     user_id timeuuid, path text, key text,
     body_hash blob, claim uuid, claimed_until timestamp, target timeuuid,
     PRIMARY KEY ((user_id, path, key))
   )`,

  // By user: what was used, event by event, and the sum of it.
  `CREATE TABLE IF NOT EXISTS chat.usage_events (
     user_id timeuuid, id timeuuid, conversation_id timeuuid,
     prompt_tokens int, completion_tokens int, cached boolean,
     messages_sum int static, prompt_tokens_sum bigint static,
     completion_tokens_sum bigint static, cached_sum int static,
     PRIMARY KEY (user_id, id)
   ) WITH ${NEWEST_FIRST}`,

  // By the SHA-256 of a prompt: the model's answer. All rows live equally long, so whole files run
  // out; a cache has no deletion that a replica could miss.
  `CREATE TABLE IF NOT EXISTS chat_cache.answers (
     prompt blob PRIMARY KEY, content text, prompt_tokens int, completion_tokens int
   ) WITH gc_grace_seconds = 0 AND compaction = {
     'class': 'TimeWindowCompactionStrategy', 'compaction_window_unit': 'MINUTES',
     'compaction_window_size': 10
   }`,
];
