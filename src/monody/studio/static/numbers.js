// Numbers as the language of the page writes them: 2.14 and 1,738, or 2,14 and 1738.

const language = document.documentElement.lang || "en";

export const counted = (value) => value.toLocaleString(language);
export const figure = (value, digits) => value.toLocaleString(language,
  { minimumFractionDigits: digits, maximumFractionDigits: digits });
