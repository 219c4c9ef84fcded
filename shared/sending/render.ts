import type { Person } from '#shared/profiles/activity.ts';
import { traitValues } from '#shared/profiles/trait-value.ts';
import type { TraitRules } from '#shared/traits/trait-definition.ts';
import type { Campaign } from './campaign.ts';
import { type CompiledTemplate, compileTemplate, renderTemplate, type TemplateKind } from './template.ts';

/** A campaign's templates, parsed once for all its people. */
export interface CampaignTemplates {
  readonly subject: CompiledTemplate;
  readonly html: CompiledTemplate;
  readonly text?: CompiledTemplate;
}

/** What the templates may speak of. */
export interface RenderContext {
  readonly person: Person;
  readonly traits: TraitRules;
  readonly address: string;
  /** Empty for transactional messages, from which nobody unsubscribes. */
  readonly unsubscribeUrl: string;
  readonly campaign: Pick<Campaign, 'id' | 'name'>;
}

export interface RenderedEmail {
  readonly subject: string;
  readonly html: string;
  readonly text?: string;
}

/** SES refuses more than 40 MB; nobody reads a mail of a tenth of a megabyte, and clients cut it off. */
const MAX_BODY_LENGTH = 500_000;
const MAX_SUBJECT_LENGTH = 500;

/** Parses the templates of a campaign. @throws when one does not parse, which its definition excludes. */
export function compileCampaign({ subject, html, text }: Campaign): CampaignTemplates {
  return {
    subject: compiled(subject, 'plain'),
    html: compiled(html, 'html'),
    ...(text !== undefined && { text: compiled(text, 'plain') }),
  };
}

function compiled(text: string, kind: TemplateKind): CompiledTemplate {
  const result = compileTemplate(text, kind);
  if (!result.ok) throw new Error(`a stored template does not parse: ${result.fault}`);
  return result.template;
}

/**
 * Writes the mail of one person, or says in `undefined` that their data takes the templates out of
 * bounds. A subject is always one line, whatever stands in a trait: a line break would begin a header.
 */
export function renderEmail(templates: CampaignTemplates, context: RenderContext): RenderedEmail | undefined {
  const data = {
    traits: traitValues(context.person, context.traits),
    email: context.address,
    unsubscribe_url: context.unsubscribeUrl,
    campaign: { id: context.campaign.id, name: context.campaign.name },
  };
  try {
    const email = {
      subject: oneLine(renderTemplate(templates.subject, data)).slice(0, MAX_SUBJECT_LENGTH),
      html: renderTemplate(templates.html, data),
      ...(templates.text !== undefined && { text: renderTemplate(templates.text, data) }),
    };
    return email.html.length > MAX_BODY_LENGTH || (email.text?.length ?? 0) > MAX_BODY_LENGTH
      ? undefined
      : email;
  } catch {
    return undefined;
  }
}

const oneLine = (text: string): string => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
