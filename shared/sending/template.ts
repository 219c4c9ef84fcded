import { Liquid, LiquidError, type Template } from 'liquidjs';

/** How a rendered value is made safe for where it stands. */
export type TemplateKind = 'html' | 'plain';

const LIMITS = {
  /** Characters of one template. */
  parseLimit: 200_000,
  /** Milliseconds of one rendering: a page of mail takes about one. */
  renderLimit: 2_000,
  /** Objects and characters that one rendering may make besides its output. */
  memoryLimit: 5_000_000,
} as const;

/** Tags that read other files: a template stands alone. */
const REFUSED_TAGS = ['include', 'render', 'layout', 'block'];

/**
 * Filters that are no part of ours: `raw` would let whoever sets a trait write the mail's HTML, and
 * `sample` draws lots.
 */
const REFUSED_FILTERS = ['raw', 'sample'];

const engines = { html: createEngine('html'), plain: createEngine('plain') };

function createEngine(kind: TemplateKind): Liquid {
  const engine = new Liquid({
    ...LIMITS,
    // An empty set of partials, so that no engine of ours ever looks at a disk
    templates: {},
    strictFilters: true,
    ownPropertyOnly: true,
    // Else a date is written in the time zone of the machine that renders
    timezoneOffset: 0,
    locale: 'en-US',
    ...(kind === 'html' && { outputEscape: 'escape' as const }),
  });
  for (const tag of REFUSED_TAGS) delete engine.tags[tag];
  for (const filter of REFUSED_FILTERS) engine.unregisterFilter(filter);
  return engine;
}

/** A template that parsed, ready to be rendered for one person after the other. */
export interface CompiledTemplate {
  readonly kind: TemplateKind;
  readonly nodes: Template[];
}

/** Why a text is no template, in one line that names the place: `line 3: undefined filter: raw`. */
export type TemplateFault = string;

/** Parses a Liquid template, or says in one line where and why it cannot be. */
export function compileTemplate(
  text: string,
  kind: TemplateKind,
):
  | { readonly ok: true; readonly template: CompiledTemplate }
  | { readonly ok: false; readonly fault: TemplateFault } {
  try {
    return { ok: true, template: { kind, nodes: engines[kind].parse(text) } };
  } catch (error) {
    return { ok: false, fault: faultOf(error) };
  }
}

/**
 * Renders a template with the given data. What is missing renders as nothing, so that a person
 * without a first name still gets their mail.
 *
 * @throws when the template takes more time or memory than a mail may, or an operation has no meaning.
 */
export function renderTemplate(
  { kind, nodes }: CompiledTemplate,
  data: Readonly<Record<string, unknown>>,
): string {
  return String(engines[kind].renderSync(nodes, data));
}

function faultOf(error: unknown): TemplateFault {
  if (!LiquidError.is(error)) return error instanceof Error ? error.message : String(error);
  const [row] = error.token.getPosition();
  const cause = error.originalError?.message ?? error.message;
  return `line ${row}: ${cause.replace(/, line:\d+, col:\d+$/, '')}`;
}
