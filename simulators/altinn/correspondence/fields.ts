import { parseRfc3339 } from "../../../core/calendar.ts";

/** What is wrong with the fields of a request, by path: `Correspondence.Content.MessageTitle`. No value is quoted. */
export type FieldErrors = Map<string, string[]>;

type Values = Readonly<Record<string, unknown>>;

const guidForm = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const emptyGuid = "00000000-0000-0000-0000-000000000000";

export type TextLimits = {
  readonly required?: true;
  /** Characters. */
  readonly most?: number;
  readonly form?: RegExp;
};

/**
 * The fields of one object of a request, read leniently: names in any case, numbers in texts, choices by name or number,
 * what is not known is let be. What does not fit is noted.
 *
 * @source altinn.md, section 1
 */
export class Fields {
  readonly path: string;
  readonly errors: FieldErrors;
  readonly #values = new Map<string, unknown>();
  /** A form has texts only. */
  readonly #fromForm: boolean;

  constructor(values: Values, errors: FieldErrors, fromForm: boolean, path = "") {
    this.path = path;
    this.errors = errors;
    this.#fromForm = fromForm;
    for (const [name, value] of Object.entries(values)) this.#values.set(name.toLowerCase(), value ?? undefined);
  }

  /** Notes what is wrong with a field. */
  note(name: string, what: string): undefined {
    const path = this.path === "" ? name : `${this.path}.${name}`;
    const known = this.errors.get(path);
    if (known === undefined) this.errors.set(path, [what]);
    else known.push(what);
    return undefined;
  }

  text(name: string, { required, most, form }: TextLimits = {}): string | undefined {
    const value = this.#value(name);
    if (value === undefined || (required && value === "")) {
      if (required) this.note(name, `The ${name} field is required.`);
      return undefined;
    }
    if (typeof value !== "string") return this.note(name, `The ${name} field must be text.`);
    if (required && value.trim() === "") return this.note(name, `The ${name} field is required.`);
    if (most !== undefined && value.length > most)
      return this.note(name, `The ${name} field has at most ${most} characters.`);
    if (form !== undefined && !form.test(value)) return this.note(name, `The ${name} field is malformed.`);
    return value;
  }

  flag(name: string): boolean {
    const value = this.#value(name);
    if (value === undefined || typeof value === "boolean") return value ?? false;
    const text = this.#fromForm ? String(value).toLowerCase() : "";
    if (text === "true" || text === "false") return text === "true";
    this.note(name, `The ${name} field must be true or false.`);
    return false;
  }

  whole(name: string): number | undefined {
    const value = this.#value(name);
    if (value === undefined) return undefined;
    const number = typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value;
    return typeof number === "number" && Number.isSafeInteger(number) && Math.abs(number) < 2 ** 31
      ? number
      : this.note(name, `The ${name} field must be a whole number.`);
  }

  /** Ms since the epoch. A time without offset is taken as UTC. */
  time(name: string): number | undefined {
    const value = this.#value(name);
    if (value === undefined) return undefined;
    const ms = typeof value === "string" ? epochMsOf(value) : undefined;
    return ms ?? this.note(name, `The ${name} field must be a time.`);
  }

  guid(name: string): string | undefined {
    const value = this.#value(name);
    if (value === undefined) return undefined;
    const guid = guidOf(value);
    return guid ?? this.note(name, `The ${name} field must be a GUID, and not the empty one.`);
  }

  choice<Name extends string>(
    name: string,
    numbers: Readonly<Record<Name, number>>,
    { required }: { readonly required?: true } = {},
  ): Name | undefined {
    const value = this.#value(name);
    if (value === undefined || value === "") {
      if (required) this.note(name, `The ${name} field is required.`);
      return undefined;
    }
    const text = String(value).toLowerCase();
    const found = (Object.keys(numbers) as Name[]).find(
      (one) => one.toLowerCase() === text || String(numbers[one]) === text,
    );
    return found ?? this.note(name, `The ${name} field must be a defined value.`);
  }

  object(name: string, { required }: { readonly required?: true } = {}): Fields | undefined {
    const value = this.#value(name);
    if (value === undefined) {
      if (required) this.note(name, `The ${name} field is required.`);
      return undefined;
    }
    if (isValues(value)) return this.#within(name, value);
    return this.note(name, `The ${name} field must be an object.`);
  }

  objects(name: string): readonly Fields[] {
    return this.list(name).flatMap((value, i) => {
      if (isValues(value)) return [this.#within(`${name}[${i}]`, value)];
      this.note(`${name}[${i}]`, `The ${name} field must hold objects.`);
      return [];
    });
  }

  texts(name: string): readonly string[] {
    return this.list(name).flatMap((value, i) => {
      if (typeof value === "string") return [value];
      this.note(`${name}[${i}]`, `The ${name} field must hold texts.`);
      return [];
    });
  }

  list(name: string): readonly unknown[] {
    const value = this.#value(name);
    if (value === undefined) return [];
    if (Array.isArray(value)) return value;
    // A form may say a list of one as a field that is there once.
    if (this.#fromForm) return [value];
    this.note(name, `The ${name} field must be a list.`);
    return [];
  }

  /** An object whose names are the sender's own. */
  pairs(name: string): readonly (readonly [string, string])[] {
    const value = this.#value(name);
    if (value === undefined) return [];
    if (!isValues(value)) {
      this.note(name, `The ${name} field must be an object.`);
      return [];
    }
    return Object.entries(value).flatMap(([key, text]): [string, string][] => {
      if (typeof text === "string") return [[key, text]];
      this.note(name, `The ${name} field must hold texts.`);
      return [];
    });
  }

  #value(name: string): unknown {
    return this.#values.get(name.toLowerCase());
  }

  #within(name: string, values: Values): Fields {
    return new Fields(values, this.errors, this.#fromForm, this.path === "" ? name : `${this.path}.${name}`);
  }
}

/** A GUID in lower case; undefined where it is none. The empty one stands for nothing. */
export function guidOf(value: unknown): string | undefined {
  if (typeof value !== "string" || !guidForm.test(value)) return undefined;
  const guid = value.toLowerCase();
  return guid === emptyGuid ? undefined : guid;
}

export function isValues(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function epochMsOf(text: string): number | undefined {
  // The plus of an offset is a blank once a query has been decoded.
  const time = text.trim().replace(/ (\d{2}:\d{2})$/, "+$1");
  for (const reading of [time, `${time}Z`, `${time}T00:00:00Z`])
    try {
      return parseRfc3339(reading);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  return undefined;
}
