/** Where clients are to send, and with which key. */
export interface ClientSettings {
  readonly writeKey: string;
  /** `ingest.example.com/base/v1`, without a scheme. */
  readonly apiHost: string;
  readonly protocol: 'http' | 'https';
}

/**
 * What Segment's browser and mobile SDKs read before they send anything: `GET /v1/projects/:writeKey/settings`.
 *
 * Without `metrics` they would report about themselves to Segment; plans and destinations there are
 * none, since all of that is decided here and not in the client.
 */
export const segmentSettings = ({ writeKey, apiHost, protocol }: ClientSettings) => ({
  integrations: { 'Segment.io': { apiKey: writeKey, apiHost, protocol } },
  plan: {
    track: { __default: { enabled: true, integrations: {} } },
    identify: { __default: { enabled: true } },
    group: { __default: { enabled: true } },
  },
  metrics: { sampleRate: 0 },
  remotePlugins: [],
  middlewareSettings: {},
  enabledMiddleware: {},
  legacyVideoPluginsEnabled: false,
});

/** What RudderStack's browser SDK reads before it starts: `GET /sourceConfig`. */
export const rudderSourceConfig = (writeKey: string) => ({
  source: {
    id: 'tributary',
    name: 'tributary',
    writeKey,
    enabled: true,
    workspaceId: 'tributary',
    config: { statsCollection: { errors: { enabled: false }, metrics: { enabled: false } } },
    destinations: [],
  },
});
