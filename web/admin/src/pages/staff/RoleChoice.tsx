import type { ReactNode } from "react";
import { api, call } from "../../api/client";
import { useLoad } from "../../app/use_load";
import { Choice } from "../../components/Field";
import { Loaded } from "../../components/Loaded";
import { useWords } from "../../i18n/words";

/** One of the roles there are; "" until one was chosen. */
export function RoleChoice({
  value,
  onChange,
}: {
  value: string;
  onChange: (role: string) => void;
}): ReactNode {
  const { say } = useWords();
  const loading = useLoad(() => call(() => api.GET("/roles")));
  return (
    <Loaded loading={loading}>
      {({ items }) => (
        <Choice
          label={say("role")}
          value={value}
          options={[
            ...(value === "" ? [["", say("role_choose")] as const] : []),
            ...items.map(({ name }) => [name, name] as const),
          ]}
          onChange={onChange}
        />
      )}
    </Loaded>
  );
}
