/** What clients send, as JSON schemas from which the types are taken. */

import { Type, type Static } from '@sinclair/typebox';

const Text = (minLength: number, maxLength: number) =>
  Type.String({ minLength, maxLength, format: 'storable' });

export const Credentials = Type.Object({
  name: Type.String({ pattern: '^[a-z0-9_.-]{3,64}$' }),
  password: Text(8, 128),
});

export const NewConversation = Type.Object({ title: Text(1, 200) });

export const NewMessage = Type.Object({
  content: Text(1, 8000),
  stream: Type.Optional(Type.Boolean()),
});

const paging = {
  limit: Type.Optional(Type.String({ pattern: '^([1-9][0-9]?|100)$' })),
  cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 1024, format: 'cursor' })),
};

export const Page = Type.Object(paging);

export const Search = Type.Object({
  q: Type.String({ minLength: 1, maxLength: 200, pattern: '[A-Za-z0-9]', format: 'storable' }),
  ...paging,
});

export const WriteHeaders = Type.Object({
  'idempotency-key': Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' })),
});

export type Credentials = Static<typeof Credentials>;
export type NewConversation = Static<typeof NewConversation>;
export type NewMessage = Static<typeof NewMessage>;
export type Page = Static<typeof Page>;
export type Search = Static<typeof Search>;
export type WriteHeaders = Static<typeof WriteHeaders>;
