"use client";

import { Check, Monitor, Moon, Sun, SunMoon } from "lucide-react";
import { useEffect, useState } from "react";
import { Button } from "../ui/button.tsx";
import { Menu } from "../ui/menu.tsx";
import { MenuItem } from "../ui/menu-item.tsx";
import { rememberTheme } from "./remember-theme.ts";
import { readTheme, type Theme } from "./theme.ts";

const CHOICES = [
  { theme: "system", text: "As the system", Icon: Monitor },
  { theme: "light", text: "Light", Icon: Sun },
  { theme: "dark", text: "Dark", Icon: Moon },
] as const;

export function ThemeMenu({ side }: { side?: "top" | "bottom" }) {
  const [theme, setTheme] = useState<Theme>("system");
  useEffect(() => setTheme(readTheme(document.documentElement.dataset["theme"])), []);
  const choose = (chosen: Theme) => {
    document.documentElement.dataset["theme"] = chosen;
    setTheme(chosen);
    void rememberTheme(chosen);
  };
  return (
    <Menu
      align="end"
      side={side ?? "bottom"}
      trigger={
        <Button kind="quiet" size="icon" aria-label="Colours">
          <SunMoon aria-hidden className="size-4" />
        </Button>
      }
    >
      {CHOICES.map(({ theme: choice, text, Icon }) => (
        <MenuItem key={choice} onSelect={() => choose(choice)}>
          <Icon aria-hidden className="size-4 text-muted" />
          {text}
          {choice === theme && <Check aria-label="chosen" className="ml-auto size-4 text-accent" />}
        </MenuItem>
      ))}
    </Menu>
  );
}
