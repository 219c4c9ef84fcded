import { createRequire } from 'node:module';

// Their builds are CommonJS
const require = createRequire(import.meta.url);
const { Destination } = require('@segment/actions-core');
const Facade = require('@segment/facade');
const validateLoosely = require('@segment/loosely-validate-event');

const versionOf = (name) => require(`./node_modules/${name}/package.json`).version;

/**
 * What other packages do with the same parsed events. None of them keeps state: no identity, no
 * profile, no deduplication.
 */
export const peers = [
  {
    // Segment's runtime for destinations: match a subscription, map the fields, validate by JSON Schema
    name: 'actions_core',
    version: versionOf('@segment/actions-core'),
    async run(events) {
      for (const event of events) await destination.onEvent(event, SETTINGS);
    },
  },
  {
    // Segment's accessors over an event: what an integration reads of it
    name: 'facade',
    version: versionOf('@segment/facade'),
    run(events) {
      for (const event of events) readByFacade(event);
    },
  },
  {
    // What Segment's own SDKs check before they send; it wants dates
    name: 'loosely_validate_event',
    version: versionOf('@segment/loosely-validate-event'),
    run(events) {
      for (const event of events) validateLoosely({ ...event, timestamp: new Date(event.timestamp) });
    },
  },
];

const field = (path, type = 'string') => ({
  label: path,
  description: path,
  type,
  default: { '@path': `$.${path}` },
});

const common = {
  messageId: { ...field('messageId'), required: true },
  timestamp: field('timestamp', 'datetime'),
  userId: field('userId'),
  anonymousId: field('anonymousId'),
  locale: field('context.locale'),
  userAgent: field('context.userAgent'),
};

const kept = [];
const keep = (_, { payload }) => {
  kept[0] = payload;
  return undefined;
};

const actions = {
  track: {
    title: 'Track',
    description: 'Track',
    fields: {
      ...common,
      event: { ...field('event'), required: true },
      properties: field('properties', 'object'),
    },
    perform: keep,
  },
  page: {
    title: 'Page',
    description: 'Page',
    fields: { ...common, name: field('name'), properties: field('properties', 'object') },
    perform: keep,
  },
  identify: {
    title: 'Identify',
    description: 'Identify',
    fields: { ...common, email: field('traits.email'), traits: field('traits', 'object') },
    perform: keep,
  },
};

const destination = new Destination({ name: 'Bench', mode: 'cloud', actions });

const defaults = (fields) =>
  Object.fromEntries(Object.entries(fields).map(([name, { default: mapping }]) => [name, mapping]));

const SETTINGS = {
  subscriptions: Object.entries(actions).map(([type, { fields }]) => ({
    partnerAction: type,
    subscribe: `type = "${type}"`,
    mapping: defaults(fields),
  })),
};

function readByFacade(event) {
  const call = new Facade[{ track: 'Track', page: 'Page', identify: 'Identify' }[event.type]](event);
  kept[0] = [call.userId(), call.anonymousId(), call.timestamp(), call.proxy('messageId'), call.options()];
  kept[1] =
    event.type === 'identify'
      ? [call.traits(), call.email(), call.phone(), call.firstName(), call.lastName()]
      : call.properties();
}
