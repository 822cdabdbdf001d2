import { type ReactNode, useState } from "react";
import { api, call } from "../../api/client";
import type { StockRow } from "../../api/types";
import { ActDialog } from "../../components/ActDialog";
import { Choice, Field } from "../../components/Field";
import { notify } from "../../components/Notices";
import { useWords } from "../../i18n/words";
import { adjustmentOf, type Way } from "./adjustment";

interface AdjustDialogProps {
  row: StockRow;
  onDone: (row: StockRow) => void;
  onClose: () => void;
}

export function AdjustDialog({ row, onDone, onClose }: AdjustDialogProps): ReactNode {
  const { say, number } = useWords();
  const [way, setWay] = useState<Way>("by");
  const [units, setUnits] = useState("");
  return (
    <ActDialog
      title={say("adjust_title", { sku: row.sku })}
      text={say("adjust_text", { location: row.location_id, count: row.on_hand })}
      confirm={say("adjust")}
      missing={adjustmentOf(row, way, units, "") === null ? say("units_missing") : ""}
      problems={
        way === "by" ? { unanswered: "adjust_unanswered", "504": "adjust_unanswered" } : {}
      }
      onAct={async (reason) => {
        const body = adjustmentOf(row, way, units, reason);
        if (body === null) return;
        const after = await call(() => api.POST("/stock/adjustments", { body }));
        notify(say("adjusted", { sku: after.sku, count: after.on_hand }));
        onDone(after);
      }}
      onClose={onClose}
    >
      <Choice
        label={say("adjust_way")}
        value={way}
        options={[
          ["by", say("adjust_by")],
          ["set", say("adjust_set")],
        ]}
        onChange={setWay}
      />
      <Field
        label={say("units")}
        hint={say(way === "by" ? "units_by_hint" : "units_set_hint", {
          count: number(row.held + row.leased),
        })}
        value={units}
        onChange={setUnits}
        isMono
        autoFocus
        isRequired
      />
    </ActDialog>
  );
}
