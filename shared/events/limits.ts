/** Bounds on what is taken in, in one place; docs/limits.md lists them. */
export const LIMITS = {
  /** A request's body. AWS Lambda takes 6 MB of JSON, in which a binary body is base64. */
  bodyBytes: 4_000_000,
  /** What a body of gzip may unfold to. */
  inflatedBytes: 8_000_000,
  batchEvents: 2_500,
  /** Beyond `batchEvents` they are kept aside one by one, each with more about it than some events are long. */
  bodyEvents: 50_000,
  /** An event's JSON, in UTF-16 units. Segment's own limit. */
  eventLength: 32_768,
  eventDepth: 12,
  /** What is kept of an event that was rejected; no encoder of JSON goes as deep as a sender may. */
  rejectedDepth: 64,
  /** Keys and array entries in an event, all levels together. */
  eventNodes: 2_000,
  /** Keys of one object in an event, which its properties are. */
  objectKeys: 1_000,
  keyLength: 400,
  idLength: 400,
  nameLength: 200,
  messageIdLength: 64,
  /** A trait's value as JSON in UTF-8 bytes, and how many traits a person may have. */
  traitBytes: 768,
  traitCount: 150,
  traitNameBytes: 100,
  /** A value of a trait that keeps several, as JSON in UTF-8 bytes. */
  keptValueBytes: 256,
  /** A value that a computed trait keeps, as JSON in UTF-8 bytes. */
  computedValueBytes: 100,
  /** External ids that one event names its person by. */
  externalIds: 10,
  /** Addresses that reach a person and do not point at them. */
  contactCount: 10,
  consentCount: 50,
  suppressionCount: 20,
  /** All of a person's identifiers together, in UTF-8 bytes as JSON, and what is added for each one's origin. */
  identifierBytes: 140_000,
  identifierOverhead: 80,
  /** What a tracking plan finds wrong with one event, and how much is said of each. */
  violations: 10,
  violationLength: 200,
  /** What it finds wrong with the events of one request before it is asked no more: a microsecond or two each. */
  requestViolations: 50_000,
} as const;
