/**
 * How long a client of AWS waits for an answer in a function that somebody waits for: two seconds, and as the
 * SDK tries three times, DynamoDB's four, eight in all. Segment's client for Node waits ten. By itself a
 * client waits for as long as the function lives, which then ends without a word of when to come again.
 */
export const PATIENCE = {
  connectionTimeout: 1_000,
  requestTimeout: 2_000,
  // without it the SDK only logs that it waits for longer
  throwOnRequestTimeout: true,
};

/** The same for Kinesis, whose client speaks HTTP/2: a connection for each request, as it has by itself. */
export const STREAM_PATIENCE = { ...PATIENCE, disableConcurrentStreams: true };
