const weights = [3, 2, 7, 6, 5, 4, 3, 2];

/**
 * A Norwegian organisation number: eight digits and their check digit (modulus 11).
 *
 * @param stem Eight digits; of the 3-series, which is synthetic. One whose check digit would be 10 gives the next that has one.
 */
export function organizationNumber(stem: number): string {
  const digits = String(stem);
  const sum = weights.reduce((total, weight, i) => total + weight * Number(digits[i]), 0);
  const check = (11 - (sum % 11)) % 11;
  return check === 10 ? organizationNumber(stem + 10_000) : `${digits}${check}`;
}
