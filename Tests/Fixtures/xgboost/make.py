"""Trains small XGBoost models and has XGBoost score rows with them: make.py FOLDER.

For each model, NAME.model.json is XGBoost's file, and NAME.scores.json has the rows (null is
missing), the sums (margins) and the predictions.
"""
import json
import sys

import numpy as np
import xgboost

folder = sys.argv[1]
random = np.random.default_rng(5)
COUNT, COLUMNS, CODES = 400, 4, 40


def save(name, train, label, scored, rounds=4, kinds=None, **parameters):
    options = dict(feature_types=kinds, enable_categorical=kinds is not None)
    data, rows = xgboost.DMatrix(train, label, **options), xgboost.DMatrix(scored, **options)
    parameters = dict(max_depth=3, nthread=1, seed=1, tree_method="hist") | parameters
    booster = xgboost.train(parameters, data, num_boost_round=rounds)
    booster.save_model(f"{folder}/{name}.model.json")
    shown = [[None if np.isnan(x) else float(x) for x in row] for row in scored]
    with open(f"{folder}/{name}.scores.json", "w") as file:
        margins, scores = booster.predict(rows, output_margin=True), booster.predict(rows)
        numbers = {
            "margins": [float(x) for x in margins.reshape(-1)],
            "scores": [float(x) for x in scores.reshape(-1)],
        }
        json.dump({"rows": shown} | numbers, file)


def table(count):
    values = random.normal(size=(count, COLUMNS)).astype("float32").round(2)
    values[random.random(values.shape) < 0.1] = np.nan
    return values


def label(values):
    filled = np.nan_to_num(values)
    return filled[:, 0] * filled[:, 1] + filled[:, 2] + random.normal(size=len(values)) * 0.2


train, scored = table(COUNT), table(25)
y = label(train)
save("logistic", train, y > 0, scored, objective="binary:logistic")
save("regression", train, y, scored, objective="reg:squarederror", base_score=0.3)
save("rank", train, (y > 0).astype(int), scored, objective="rank:pairwise")
save("poisson-dart", train, np.exp(np.clip(y, -2, 2)).astype(int), scored, rounds=6,
     objective="count:poisson", booster="dart", rate_drop=0.5)
save("classes", train, np.digitize(y, [-0.5, 0.5]), scored, rounds=2,
     objective="multi:softprob", num_class=3, num_parallel_tree=2, subsample=0.7, max_depth=2)

train, scored = table(COUNT), table(25)
codes = random.integers(0, CODES, size=COUNT)
train[:, 3] = codes
scored[:, 3] = random.integers(0, CODES + 5, size=25)
scored[0, 3] = train[0, 3] = np.nan
save("categories", train, random.normal(size=CODES)[codes] + np.nan_to_num(train[:, 0]), scored,
     kinds=["q", "q", "q", "c"], objective="reg:squarederror", max_cat_to_onehot=3)
