import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import * as z from 'zod';

const Found = z.object({ width: z.number(), content: z.number(), faint: z.array(z.string()) });

/** Expects that nothing stands beyond the right edge, and that text has the contrast that WCAG AA asks for. */
export async function expectLegible(page: Page): Promise<void> {
  const { width, content, faint } = Found.parse(await page.evaluate(LOOK));
  expect(content).toBeLessThanOrEqual(width);
  expect(faint).toEqual([]);
}

/** Runs in the page. https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
const LOOK = `(() => {
  const channels = (color) => color.match(/[\\d.]+/g).map(Number);
  const light = (color) => {
    const [r, g, b] = channels(color).map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    const { backgroundColor } = getComputedStyle(element);
    return channels(backgroundColor)[3] === 0 ? behind(element.parentElement) : backgroundColor;
  };
  const faint = [...document.querySelectorAll('h1, p, a, span, time, button, label, dt, dd, summary, li')]
    .filter((element) => element.checkVisibility() && element.innerText.trim() !== '')
    .filter((element) => {
      const [a, b] = [light(getComputedStyle(element).color), light(behind(element))];
      return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 4.5;
    })
    .map((element) => element.innerText);
  const { clientWidth: width, scrollWidth: content } = document.documentElement;
  return { width, content, faint };
})()`;
