"""What the invented patients suffer from: the nouns that the clinical texts are made of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Operation:
    """A procedure with the sentences that describe it."""

    name: str
    steps: tuple[str, ...]
    specimen: str = ""
    microscopy: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """A diagnosis with what goes with it."""

    name: str
    icd9: str
    service: str
    complaint: str
    history: tuple[str, ...]
    exam: tuple[str, ...]
    study: str
    findings: tuple[str, ...]
    impression: str
    drugs: tuple[str, ...]
    course: tuple[str, ...]
    operation: Operation | None = None
    sex: str = ""
    youngest: int = 0


CONDITIONS = (
    Condition(
        "Acute inferior myocardial infarction",
        "410.4",
        "Cardiology",
        "substernal chest pain",
        (
            "The pain came on while shoveling snow and went into the left arm.",
            "It was crushing in quality and lasted about two hours before arrival.",
            "A pack of cigarettes has been smoked daily for many years.",
        ),
        (
            "Heart sounds are distant with a soft fourth sound at the apex.",
            "There are fine rales at both bases.",
            "No pedal edema is present.",
        ),
        "Chest, portable",
        (
            "The heart is at the upper limit of normal in size.",
            "There is mild prominence of the pulmonary vessels at the hila.",
            "No pleural effusion is seen.",
        ),
        "Mild pulmonary venous congestion.",
        ("Nitroglycerin 0.4 mg sublingual", "Morphine 4 mg IV", "Heparin 5000 units", "Digoxin"),
        (
            "Enzymes rose and fell in the expected way and the pain did not return.",
            "Telemetry showed occasional ventricular ectopic beats which needed no treatment.",
        ),
        youngest=40,
    ),
    Condition(
        "Congestive heart failure",
        "428.0",
        "Internal Medicine",
        "shortness of breath and swollen ankles",
        (
            "Three pillows are needed at night and there has been a gain of twelve pounds.",
            "Salt restriction has not been followed over the holidays.",
            "There is no recent chest pain or fever.",
        ),
        (
            "Neck veins are distended to the angle of the jaw.",
            "Moist rales reach halfway up both lung fields.",
            "There is pitting edema to the knees.",
        ),
        "Chest, two views",
        (
            "The cardiac silhouette is enlarged.",
            "Small bilateral pleural effusions blunt the costophrenic angles.",
            "Upper lobe vessels are redistributed.",
        ),
        "Cardiomegaly with congestive failure.",
        ("Furosemide 40 mg", "Digoxin 0.25 mg", "Potassium chloride 20 mEq", "Captopril 12.5 mg"),
        (
            "A brisk diuresis followed and weight fell by nine pounds in four days.",
            "Oxygen was stopped on the third hospital day.",
        ),
        youngest=45,
    ),
    Condition(
        "Lobar pneumonia, right lower lobe",
        "481",
        "Internal Medicine",
        "cough, fever and shaking chills",
        (
            "Sputum has been rusty for two days and there is pain on deep breathing.",
            "A grandchild at home had a cold last week.",
            "There is no history of tuberculosis.",
        ),
        (
            "Breath sounds are bronchial over the right base with dullness to percussion.",
            "Temperature is 102.8 and respirations are 28.",
            "The pharynx is mildly injected.",
        ),
        "Chest, PA and lateral",
        (
            "There is a dense infiltrate in the right lower lobe.",
            "The left lung is clear.",
            "No cavity is identified.",
        ),
        "Right lower lobe pneumonia.",
        ("Penicillin G 600,000 units IM", "Acetaminophen 650 mg", "Guaifenesin 200 mg"),
        (
            "The temperature was normal by the fourth day of treatment.",
            "A repeat film showed partial clearing of the infiltrate.",
        ),
    ),
    Condition(
        "Chronic cholecystitis with cholelithiasis",
        "574.10",
        "General Surgery",
        "right upper quadrant pain after fatty meals",
        (
            "Attacks last several hours and are followed by nausea.",
            "There has been no jaundice, dark urine or light stool.",
            "A similar attack occurred last spring.",
        ),
        (
            "There is tenderness under the right costal margin without a mass.",
            "Bowel sounds are normal.",
            "The sclerae are clear.",
        ),
        "Oral cholecystogram",
        (
            "The gallbladder opacifies faintly after a double dose.",
            "Multiple lucent defects move with change of position.",
            "The common duct is not dilated.",
        ),
        "Cholelithiasis with poor function of the gallbladder.",
        ("Meperidine 75 mg IM", "Cefazolin 1 g IV", "Prochlorperazine 10 mg IM"),
        (
            "The wound healed without redness or drainage.",
            "A regular diet was taken by the fourth postoperative day.",
        ),
        Operation(
            "Cholecystectomy",
            (
                "A right subcostal incision was carried through the layers of the abdominal wall.",
                "The gallbladder was tense and thick walled with filmy adhesions to the omentum.",
                "The cystic artery and cystic duct were identified, doubly ligated and divided.",
                "The gallbladder was dissected from its bed from above downward.",
                "A Penrose drain was left in the subhepatic space and brought out laterally.",
                "The fascia was closed with interrupted silk and the skin with nylon.",
            ),
            "Gallbladder with calculi",
            "Sections show chronic inflammation and fibrosis of the wall with Aschoff sinuses.",
        ),
        youngest=20,
    ),
    Condition(
        "Acute appendicitis",
        "540.9",
        "General Surgery",
        "abdominal pain moving to the right lower quadrant",
        (
            "Pain began around the navel last evening and was followed by vomiting.",
            "There has been no appetite since yesterday noon.",
            "Urination is normal.",
        ),
        (
            "There is rebound tenderness at McBurney's point.",
            "Rectal examination is tender on the right.",
            "Bowel sounds are diminished.",
        ),
        "Abdomen, flat plate",
        (
            "A small calcification is seen in the right lower quadrant.",
            "The right psoas margin is indistinct.",
            "There is no free air.",
        ),
        "Findings compatible with appendicitis.",
        ("Ampicillin 1 g IV", "Meperidine 50 mg IM", "Gentamicin 80 mg IV"),
        (
            "Fluids by mouth were begun on the first postoperative day.",
            "Stitches were removed in the office on the seventh day.",
        ),
        Operation(
            "Appendectomy",
            (
                "Through a McBurney incision the muscles were split in the line of their fibers.",
                "The appendix was delivered and found to be injected and covered with exudate.",
                "The mesoappendix was clamped, divided and tied with chromic catgut.",
                "The base was crushed, ligated and the stump inverted with a purse-string suture.",
                "The peritoneal cavity was irrigated with warm saline.",
                "Sponge and needle counts were correct and the wound was closed in layers.",
            ),
            "Appendix",
            "There is transmural infiltration by neutrophils with focal ulceration of the mucosa.",
        ),
    ),
    Condition(
        "Right inguinal hernia",
        "550.90",
        "General Surgery",
        "a lump in the right groin",
        (
            "The swelling appears on standing and goes back on lying down.",
            "It has become larger since a change to heavier work.",
            "There is no constipation.",
        ),
        (
            "A reducible mass descends to the external ring on coughing.",
            "The left groin is normal.",
            "Testes are descended.",
        ),
        "Chest, PA",
        (
            "The lungs are clear and the heart is normal in size.",
            "Degenerative change is present in the thoracic spine.",
        ),
        "No active disease in the chest.",
        ("Codeine 30 mg", "Milk of magnesia 30 ml", "Secobarbital 100 mg"),
        (
            "The patient walked on the day of operation.",
            "Heavy lifting is forbidden for six weeks.",
        ),
        Operation(
            "Right inguinal herniorrhaphy",
            (
                "The external oblique aponeurosis was opened through the external ring.",
                "The ilioinguinal nerve was protected and the cord was mobilized.",
                "An indirect sac was freed to the internal ring, opened, and found empty.",
                "High ligation of the sac was done with a transfixing suture of silk.",
                "The floor was repaired by bringing conjoined tendon to the inguinal ligament.",
            ),
            "Hernia sac",
            "Fibrous tissue lined by mesothelium without atypia.",
        ),
        sex="M",
    ),
    Condition(
        "Osteoarthritis, left knee",
        "715.36",
        "Orthopedic Surgery",
        "pain and stiffness of the left knee",
        (
            "Stairs have become impossible and a cane is used out of doors.",
            "Injections gave relief for only three weeks.",
            "There was a football injury in youth.",
        ),
        (
            "Motion is from ten to ninety-five degrees with crepitus.",
            "There is a varus deformity of eight degrees.",
            "Pulses in the foot are full.",
        ),
        "Left knee, standing AP and lateral",
        (
            "The medial joint space is lost.",
            "Osteophytes and subchondral sclerosis are marked.",
            "No loose body is seen.",
        ),
        "Severe degenerative arthritis, medial compartment.",
        ("Cefazolin 1 g IV", "Warfarin 5 mg", "Ibuprofen 600 mg", "Morphine PCA"),
        (
            "Ninety degrees of flexion were reached before discharge.",
            "Physical therapy continued twice daily.",
        ),
        Operation(
            "Left total knee arthroplasty",
            (
                "A midline incision and medial parapatellar arthrotomy were made.",
                "The distal femur was cut in six degrees of valgus over an intramedullary guide.",
                "The tibial plateau was resected perpendicular to the mechanical axis.",
                "Trial components gave full extension and balanced ligaments.",
                "Components were cemented and excess cement was removed.",
                "The tourniquet was released after seventy-one minutes and bleeding controlled.",
            ),
            "Bone and cartilage, left knee",
            "Eburnated bone with loss of articular cartilage and subchondral cysts.",
        ),
        youngest=50,
    ),
    Condition(
        "Intertrochanteric fracture, right hip",
        "820.21",
        "Orthopedic Surgery",
        "pain in the right hip after a fall",
        (
            "A throw rug slipped in the kitchen and there was no loss of consciousness.",
            "Before the fall walking was unaided.",
            "The daughter found the patient on the floor.",
        ),
        (
            "The right leg is shortened and externally rotated.",
            "Sensation and movement of the toes are intact.",
            "There is no injury to the head or neck.",
        ),
        "Right hip, AP and cross-table lateral",
        (
            "There is a comminuted intertrochanteric fracture with varus angulation.",
            "The bones are demineralized.",
            "The pelvis is intact.",
        ),
        "Comminuted intertrochanteric fracture of the right femur.",
        ("Meperidine 50 mg IM", "Heparin 5000 units", "Cefazolin 1 g IV", "Ferrous sulfate 325 mg"),
        (
            "Walking with a walker and partial weight bearing began on the third day.",
            "Transfer to a convalescent home was arranged by social service.",
        ),
        Operation(
            "Open reduction and internal fixation, right hip",
            (
                "On the fracture table a closed reduction was confirmed in two planes.",
                "A lateral incision exposed the proximal shaft through the vastus lateralis.",
                "A guide pin was placed in the center of the head under image control.",
                "The lag screw was inserted over the guide and a four-hole side plate applied.",
                "Final films showed satisfactory position of the hardware.",
            ),
        ),
        youngest=60,
    ),
    Condition(
        "Uterine leiomyomata with menorrhagia",
        "218.9",
        "Gynecology",
        "heavy and prolonged menstrual bleeding",
        (
            "Periods last nine days and large clots are passed.",
            "Iron has been taken for six months.",
            "There are three living children and no miscarriages.",
        ),
        (
            "The uterus is irregular and the size of a twelve week gestation.",
            "The adnexa are not palpable.",
            "The cervix is smooth.",
        ),
        "Pelvic sonogram",
        (
            "The uterus contains several solid masses, the largest measuring 5.2 cm.",
            "Both ovaries are seen and are normal.",
            "There is no free fluid.",
        ),
        "Multiple uterine fibroids.",
        ("Ferrous sulfate 325 mg", "Meperidine 75 mg IM", "Cefoxitin 2 g IV"),
        (
            "Hemoglobin was stable at 10.4 on the second day.",
            "The catheter was removed on the morning after operation.",
        ),
        Operation(
            "Total abdominal hysterectomy",
            (
                "The abdomen was entered through a Pfannenstiel incision.",
                "Round ligaments were ligated and the bladder flap was advanced.",
                "Uterine vessels were skeletonized, clamped and doubly tied.",
                "Cardinal and uterosacral ligaments were taken in successive bites.",
                "The vaginal cuff was closed with figure-of-eight sutures of chromic catgut.",
            ),
            "Uterus and cervix",
            "Whorled bundles of smooth muscle without mitotic activity; proliferative lining.",
        ),
        sex="F",
        youngest=30,
    ),
    Condition(
        "Benign prostatic hypertrophy",
        "600.00",
        "Urology",
        "difficulty starting the stream",
        (
            "Nocturia four times and a weak stream have worsened over a year.",
            "There was one episode of retention in the summer.",
            "No blood has been seen in the urine.",
        ),
        (
            "The prostate is smooth, rubbery and enlarged to forty grams.",
            "The bladder is percussible above the pubis.",
            "There is no costovertebral tenderness.",
        ),
        "Intravenous pyelogram",
        (
            "Both kidneys excrete promptly.",
            "The base of the bladder is elevated with a large residual after voiding.",
        ),
        "Prostatic enlargement with residual urine.",
        ("Nitrofurantoin 100 mg", "Belladonna and opium suppository", "Docusate 100 mg"),
        (
            "Irrigation was stopped when the urine had cleared.",
            "The catheter came out on the third day with a good stream.",
        ),
        Operation(
            "Transurethral resection of the prostate",
            (
                "The resectoscope was passed under direct vision.",
                "Both lateral lobes met in the midline and were resected to the capsule.",
                "Chips were evacuated and bleeding points were fulgurated.",
                "A three-way catheter was left on traction with continuous irrigation.",
            ),
            "Prostatic chips, 22 grams",
            "Nodular hyperplasia of glands and stroma with chronic prostatitis.",
        ),
        sex="M",
        youngest=52,
    ),
    Condition(
        "Diabetes mellitus, uncontrolled",
        "250.02",
        "Internal Medicine",
        "thirst, frequent urination and loss of weight",
        (
            "Insulin was left off during a week of stomach upset.",
            "Vision has been blurred in the mornings.",
            "Two brothers also have diabetes.",
        ),
        (
            "The skin is dry and the tongue is coated.",
            "Fundi show a few small hemorrhages.",
            "Vibration sense is reduced at the ankles.",
        ),
        "Chest, PA and lateral",
        ("The lungs are clear.", "The aorta is mildly tortuous."),
        "No acute disease.",
        ("Insulin NPH 24 units", "Insulin regular by scale", "Tolbutamide 500 mg"),
        (
            "Fasting sugars settled between 110 and 150.",
            "The dietitian taught an 1800 calorie diet.",
        ),
        youngest=15,
    ),
    Condition(
        "Cerebral thrombosis with left hemiparesis",
        "434.01",
        "Neurology",
        "weakness of the left arm and leg",
        (
            "On waking the left arm was useless and speech was thick.",
            "High blood pressure has been treated for ten years.",
            "There was no headache or convulsion.",
        ),
        (
            "There is a left central facial weakness.",
            "Strength is two of five in the left arm and three of five in the leg.",
            "The left plantar response is extensor.",
        ),
        "Skull series",
        (
            "The pineal is calcified and in the midline.",
            "No fracture or erosion is present.",
        ),
        "Normal skull.",
        ("Aspirin 325 mg", "Methyldopa 250 mg", "Hydrochlorothiazide 50 mg"),
        (
            "By the tenth day a few steps were possible with a quad cane.",
            "Swallowing returned to normal.",
        ),
        youngest=55,
    ),
    Condition(
        "Acute pyelonephritis",
        "590.10",
        "Internal Medicine",
        "flank pain, fever and burning on urination",
        (
            "Symptoms began two days ago with urgency.",
            "There were two bladder infections in the past year.",
            "No stone has ever been passed.",
        ),
        (
            "There is marked tenderness at the left costovertebral angle.",
            "Temperature is 103.1.",
            "The abdomen is soft.",
        ),
        "Renal sonogram",
        ("Both kidneys are normal in size.", "There is no hydronephrosis or stone."),
        "Normal sonogram of the kidneys.",
        ("Ampicillin 1 g IV", "Gentamicin 80 mg IV", "Phenazopyridine 200 mg"),
        (
            "Urine culture grew more than 100,000 colonies of E. coli.",
            "Fever was gone within forty-eight hours.",
        ),
        sex="F",
    ),
    Condition(
        "Bronchial asthma, acute exacerbation",
        "493.92",
        "Pulmonary Medicine",
        "wheezing and tightness in the chest",
        (
            "A neighbor's cat and a head cold were blamed for the attack.",
            "The inhaler was used every hour through the night.",
            "There were two admissions last year.",
        ),
        (
            "Expiratory wheezes are heard everywhere and accessory muscles are used.",
            "The peak flow is 140 liters per minute.",
            "There is no cyanosis.",
        ),
        "Chest, portable",
        ("The lungs are hyperinflated with flat diaphragms.", "No infiltrate is seen."),
        "Hyperinflation without pneumonia.",
        ("Aminophylline drip", "Methylprednisolone 60 mg IV", "Albuterol by nebulizer"),
        (
            "Wheezing cleared by the third day and steroids were tapered.",
            "The peak flow rose to 320.",
        ),
    ),
    Condition(
        "Senile cataract, right eye",
        "366.16",
        "Ophthalmology",
        "dimness of vision in the right eye",
        (
            "Reading and driving at night have been given up.",
            "The left eye was operated on two years ago with good result.",
            "There is no pain.",
        ),
        (
            "Visual acuity is 20/200 on the right and 20/25 on the left.",
            "There is a dense nuclear opacity of the right lens.",
            "Tension is 16 in both eyes.",
        ),
        "A-scan biometry, right eye",
        ("Axial length is 23.4 mm.", "Keratometry is 43.75 by 44.25."),
        "Lens power calculated for emmetropia.",
        ("Prednisolone acetate drops", "Gentamicin drops", "Acetazolamide 250 mg"),
        (
            "The anterior chamber was deep and quiet on the first day.",
            "A shield is to be worn at night for two weeks.",
        ),
        Operation(
            "Cataract extraction with lens implant, right eye",
            (
                "A fornix-based conjunctival flap was made and bleeders cauterized.",
                "The anterior capsule was opened in a continuous tear.",
                "The nucleus was expressed and remaining cortex aspirated.",
                "A posterior chamber lens was placed in the bag and centered well.",
                "The wound was closed with seven sutures of 10-0 nylon.",
            ),
            "Lens, right eye",
            "Gross examination only: opaque amber lens.",
        ),
        youngest=60,
    ),
    Condition(
        "Herniated disc, L4-L5",
        "722.10",
        "Neurosurgery",
        "low back pain going down the left leg",
        (
            "Pain followed lifting a storm window and is worse on sneezing.",
            "Six weeks of bed rest and traction gave no lasting help.",
            "Bladder and bowel control are normal.",
        ),
        (
            "Straight leg raising is positive at thirty degrees on the left.",
            "The great toe extensor is weak.",
            "The ankle jerk is preserved.",
        ),
        "Lumbar myelogram",
        (
            "There is a ventral defect at L4-L5 cutting off the left L5 root.",
            "The remaining interspaces are normal.",
        ),
        "Herniated disc at L4-L5 on the left.",
        ("Diazepam 5 mg", "Codeine 60 mg", "Dexamethasone 4 mg"),
        (
            "Leg pain was gone on waking from anesthesia.",
            "The patient walked to the bathroom on the first day.",
        ),
        Operation(
            "Laminectomy and discectomy, L4-L5 left",
            (
                "In the prone position a midline incision was made over L4 and L5.",
                "The paraspinal muscles were stripped and the level confirmed by film.",
                "The ligamentum flavum was removed and the L5 root retracted medially.",
                "A free fragment was lifted out and the interspace was cleaned.",
                "The root lay free at the end of the procedure.",
            ),
            "Intervertebral disc",
            "Degenerated fibrocartilage.",
        ),
        youngest=22,
    ),
    Condition(
        "Carcinoma of the sigmoid colon",
        "153.3",
        "General Surgery",
        "change in bowel habit with blood in the stool",
        (
            "Stools have been narrow for two months.",
            "There is a loss of fourteen pounds.",
            "An uncle died of cancer of the bowel.",
        ),
        (
            "A firm mass is felt in the left lower quadrant.",
            "The liver edge is not palpable.",
            "Stool is positive for occult blood.",
        ),
        "Barium enema",
        (
            "An annular lesion four centimeters long narrows the mid sigmoid.",
            "The mucosa is destroyed with overhanging edges.",
        ),
        "Carcinoma of the sigmoid colon.",
        ("Neomycin 1 g", "Cefoxitin 2 g IV", "Heparin 5000 units", "Morphine 8 mg IM"),
        (
            "Bowel function returned on the fifth day.",
            "The oncology service will see the patient after discharge.",
        ),
        Operation(
            "Sigmoid colectomy with primary anastomosis",
            (
                "Exploration showed no spread to the liver or peritoneum.",
                "The left ureter was seen and kept out of harm's way.",
                "The inferior mesenteric vessels were tied at their origin.",
                "The specimen was removed and an end-to-end anastomosis done in two layers.",
                "The mesenteric defect was closed and the field irrigated.",
            ),
            "Sigmoid colon, 18 cm",
            "Moderately differentiated adenocarcinoma into the muscle; nodes 0 of 14 positive.",
        ),
        youngest=48,
    ),
    Condition(
        "Term pregnancy, delivered",
        "650",
        "Obstetrics",
        "regular contractions at term",
        (
            "Membranes ruptured at home with clear fluid.",
            "The prenatal course was without complication.",
            "Blood type is O positive and serology is negative.",
        ),
        (
            "The fundus is at thirty-eight centimeters with the vertex engaged.",
            "The cervix is five centimeters dilated.",
            "Fetal heart tones are 144 and regular.",
        ),
        "Obstetrical sonogram",
        ("There is a single living fetus in vertex presentation.", "The placenta is posterior."),
        "Single intrauterine pregnancy at thirty-nine weeks.",
        ("Oxytocin 10 units", "Meperidine 50 mg IV", "Prenatal vitamins"),
        (
            "Mother and child did well and went home together.",
            "Nursing was established without difficulty.",
        ),
        sex="F",
        youngest=18,
    ),
    Condition(
        "Supracondylar fracture, left humerus",
        "812.41",
        "Orthopedic Surgery",
        "swelling and pain of the left elbow after a fall",
        (
            "The fall was from a playground swing onto the outstretched hand.",
            "There was no other injury.",
            "Tetanus immunization is current.",
        ),
        (
            "The elbow is swollen and tender with an S-shaped deformity.",
            "The radial pulse is present and fingers move well.",
        ),
        "Left elbow, two views",
        (
            "A supracondylar fracture is displaced backward.",
            "The growth centers are normal for age.",
        ),
        "Displaced supracondylar fracture of the left humerus.",
        ("Acetaminophen elixir", "Codeine 15 mg"),
        (
            "The cast was comfortable and circulation stayed good.",
            "A film at one week showed no loss of position.",
        ),
        Operation(
            "Closed reduction and pinning, left elbow",
            (
                "Under general anesthesia traction was applied and rotation corrected.",
                "The elbow was flexed and the reduction held by two crossed pins.",
                "Position was satisfactory on films taken in the operating room.",
                "A well padded posterior splint was applied.",
            ),
        ),
    ),
    Condition(
        "Peptic ulcer with hemorrhage",
        "532.40",
        "Gastroenterology",
        "black stools and faintness",
        (
            "Aspirin has been taken daily for joint pain.",
            "Coffee-ground material was vomited this morning.",
            "There was burning in the pit of the stomach for weeks.",
        ),
        (
            "The patient is pale with a pulse of 112.",
            "There is tenderness in the epigastrium.",
            "Stool is tarry.",
        ),
        "Upper gastrointestinal series",
        ("A crater is seen on the posterior wall of the duodenal bulb.", "The stomach is normal."),
        "Active duodenal ulcer.",
        ("Cimetidine 300 mg IV", "Aluminum hydroxide 30 ml hourly", "Packed cells 2 units"),
        (
            "No further bleeding occurred after the second unit of blood.",
            "A bland diet was taken well.",
        ),
        youngest=25,
    ),
    Condition(
        "Thrombophlebitis, left leg",
        "451.19",
        "Internal Medicine",
        "pain and swelling of the left calf",
        (
            "A long automobile trip was made last weekend.",
            "There is no cough or chest pain.",
            "The other leg is comfortable.",
        ),
        (
            "The left calf is four centimeters larger than the right and tender.",
            "Homans' sign is positive.",
            "The lungs are clear.",
        ),
        "Venogram, left leg",
        ("Filling defects are present in the deep veins of the calf.", "The femoral vein fills."),
        "Deep vein thrombosis of the calf.",
        ("Heparin drip 1000 units per hour", "Warfarin 7.5 mg", "Warm moist packs"),
        (
            "Prothrombin time reached the desired range on the sixth day.",
            "Swelling went down with elevation.",
        ),
        youngest=25,
    ),
    Condition(
        "Hypertrophy of tonsils and adenoids",
        "474.10",
        "Otolaryngology",
        "frequent sore throats and snoring",
        (
            "Five courses of antibiotic were needed in one school year.",
            "Mouth breathing is noticed by the teacher.",
            "There is no bleeding tendency in the family.",
        ),
        (
            "The tonsils nearly meet in the midline.",
            "The ear drums are dull.",
            "Small nodes are felt in the neck.",
        ),
        "Neck, lateral soft tissue",
        ("Adenoid tissue narrows the nasopharyngeal airway.", "The epiglottis is normal."),
        "Enlarged adenoids.",
        ("Acetaminophen elixir", "Penicillin V 250 mg", "Atropine 0.2 mg"),
        (
            "Fluids and ice cream were taken on the evening of operation.",
            "There was no bleeding.",
        ),
        Operation(
            "Tonsillectomy and adenoidectomy",
            (
                "A mouth gag was placed and the palate was retracted.",
                "The adenoid pad was removed with a curette and the area packed.",
                "Each tonsil was dissected from its fossa and the pole snared.",
                "Bleeding points were tied and the packs were removed dry.",
            ),
            "Tonsils and adenoids",
            "Lymphoid hyperplasia with keratin debris in the crypts.",
        ),
    ),
)
"""Every condition; ``sex`` and ``youngest`` limit who can have it."""
