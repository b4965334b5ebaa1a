/** Light, dark or as the system: kept in a cookie, so that the server sends the page in the right colours. */

const YEAR = 31_536_000;

export const storedTheme = () => document.documentElement.dataset.theme ?? "system";

export function setTheme(choice) {
  if (choice === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = choice;
  document.cookie = `agora_theme=${choice}; path=/; max-age=${YEAR}; samesite=lax`;
}

/** The buttons `[data-theme-switch]` turn light into dark and back. */
export function wireThemeSwitches() {
  for (const button of document.querySelectorAll("[data-theme-switch]")) {
    button.addEventListener("click", () => {
      const dark = storedTheme() === "system" ? matchMedia("(prefers-color-scheme: dark)").matches : storedTheme() === "dark";
      setTheme(dark ? "light" : "dark");
    });
  }
}
