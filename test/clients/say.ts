import type { Call, Json } from './call.ts';

/** How SDKs take calls that are about one person for as long as they say nothing else. */
interface Sdk {
  identify(userId: string, traits: Json): unknown;
  track(event: string, properties: Json): unknown;
  page(name: string, properties: Json): unknown;
  group(groupId: string, traits: Json): unknown;
  screen?(name: string, properties: Json): unknown;
  alias?(userId: string, previousId: string): unknown;
}

/** Makes an SDK say a call about a person. @throws {Error} for a call that it does not have. */
export function say(sdk: Sdk, { call, userId }: { readonly call: Call; readonly userId: string }): unknown {
  switch (call.type) {
    case 'identify':
      return sdk.identify(userId, call.traits);
    case 'track':
      return sdk.track(call.event, call.properties);
    case 'page':
      return sdk.page(call.name, call.properties);
    case 'group':
      return sdk.group(call.groupId, call.traits);
    case 'screen':
      if (sdk.screen !== undefined) return sdk.screen(call.name, call.properties);
      break;
    case 'alias':
      if (sdk.alias !== undefined) return sdk.alias(userId, call.previousId);
  }
  throw new Error(`the SDK has no ${call.type}`);
}
