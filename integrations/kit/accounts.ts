import type { Endpoints, Fiks } from "../../port/endpoints.ts";

/** A Fiks IO account: whose messages arrive on its queue. */
export type Account = {
  readonly id: string;
  readonly queue: string;
  readonly municipalityNumber: string;
  readonly district: string;
  /** Districts of the municipality that are served here. */
  readonly districts: readonly string[];
};

/** Every account the endpoints name. */
export function accountsIn(endpoints: Endpoints): Account[] {
  return endpoints.recipients.flatMap((recipient) =>
    recipient.districts.flatMap((district): Account[] =>
      district.fiksIo === undefined
        ? []
        : [
            {
              id: district.fiksIo.accountId,
              queue: `fiksio.konto.${district.fiksIo.accountId}`,
              municipalityNumber: recipient.municipalityNumber,
              district: district.number,
              districts: recipient.districts.map(({ number }) => number),
            },
          ],
    ),
  );
}

/** @throws {Error} There is no Fiks IO, or its containers are signed and encrypted, which is not read here. */
export function fiksIn(endpoints: Endpoints): Fiks {
  if (endpoints.fiks === undefined) throw new Error("The endpoints name no Fiks IO.");
  if (endpoints.fiks.plain !== true) throw new Error("Only plain containers are read here: set fiks.plain.");
  return endpoints.fiks;
}
